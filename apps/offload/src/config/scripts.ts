import { z } from 'zod';
import { ENGINE_NAMES, ENGINES, knownExtensions, languageOf, parseScriptSpec } from '../engines.js';
import type { PathKeys } from './path-keys.js';

const scriptObject = z
  .strictObject({
    file: z.string().min(1).describe('Path of the script.'),
    engine: z.enum(ENGINE_NAMES).optional().describe("Engine for this file; default: its language's engine."),
  })
  .superRefine((script, ctx) => {
    // Its length is the fault then.
    if (script.file === '' || languageOf(script) !== undefined) return;
    const example = `${ENGINE_NAMES[0]}:${script.file}`;
    const message = `No engine for "${script.file}": known extensions are ${knownExtensions().join(', ')}; or name an engine, as in ${example}`;
    ctx.addIssue({ code: 'custom', message, path: ['file'] });
  });

/** Section `scripts`: the files every worker loads, in this order. A text means `FILE` or `ENGINE:FILE`. */
export const scriptsSchema = z
  .array(z.preprocess((raw) => (typeof raw === 'string' ? parseScriptSpec(raw) : raw), scriptObject))
  .default([])
  .describe('Script files, loaded in order by every worker: FILE, ENGINE:FILE or { file, engine }.');

/** Section `lua`. */
export const luaSchema = z.strictObject({
  engine: z
    .enum(ENGINE_NAMES.filter((name) => ENGINES[name].language === 'lua'))
    .default('lua')
    .describe('Engine for Lua scripts that name none.'),
  path: z.array(z.string().min(1)).default([]).describe("Folders `require` searches after the script's own folder."),
});

export const scriptsPaths: PathKeys = {
  scripts(text, under) {
    const { file, engine } = parseScriptSpec(text);
    return engine === undefined ? under(file) : `${engine}:${under(file)}`;
  },
  'scripts.file': (text, under) => under(text),
  'lua.path': (text, under) => under(text),
};
