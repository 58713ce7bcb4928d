import type { Argv } from 'yargs';
import type { Config } from './config.js';
import { parseText, setIn } from './config-text.js';
import type { Flag, FlagsFor } from './flags/flag.js';
import { generalFlags } from './flags/general.js';
import { logFlags } from './flags/log.js';
import { pythonFlags } from './flags/python.js';
import { scriptsFlags } from './flags/scripts.js';
import { spopFlags } from './flags/spop.js';
import { wsFlags } from './flags/ws.js';

/** Every key of the configuration with its flag. */
export const CONFIG_FLAGS: FlagsFor<Config> = {
  ...generalFlags,
  ...scriptsFlags,
  ...pythonFlags,
  ...spopFlags,
  ...wsFlags,
  ...logFlags,
};

const FLAGS = Object.entries(CONFIG_FLAGS).flatMap(([path, flag]: [string, Flag | null]) =>
  flag === null ? [] : [{ path, flag }],
);

/**
 * Adds the flags of the configuration to a command. None has a default here: a flag that was not given must not
 * override the file.
 */
export function addConfigFlags<T>(yargs: Argv<T>): Argv<T> {
  for (const { flag } of FLAGS) {
    yargs.option(flag.name, {
      ...(flag.alias === undefined ? {} : { alias: flag.alias }),
      describe: flag.value === undefined ? flag.describe : `${flag.value}  ${flag.describe}`,
      type: flag.kind === 'boolean' ? 'boolean' : 'string',
      ...(flag.kind === 'boolean' ? {} : { requiresArg: true }),
      ...(flag.default === undefined ? {} : { defaultDescription: flag.default }),
    });
  }
  return yargs.option('config', {
    alias: 'c',
    type: 'string',
    requiresArg: true,
    describe: 'FILE  Configuration, YAML or JSON; OFFLOAD_CONFIG names one too',
  });
}

/** What the flags say, as a raw configuration. */
export function flagsToConfig(argv: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const raw: Record<string, unknown> = {};
  for (const { path, flag } of FLAGS) {
    const given = argv[flag.name];
    if (given !== undefined) setIn(raw, path.split('.'), flagValue(given, flag));
  }
  return raw;
}

function flagValue(given: unknown, { kind, words }: Flag): unknown {
  if (typeof given === 'boolean') return given;
  const texts = (Array.isArray(given) ? given : [given]).map(String);
  if (kind === 'list') return words === undefined ? texts : texts.flatMap((text) => parseText(text, 'list'));
  // Said twice, the last one counts.
  return parseText(texts.at(-1) ?? '', kind);
}

/** The flag of a key as a user writes it, for messages. */
export function flagOf(path: string): string {
  const flag = FLAGS.find((entry) => entry.path === path)?.flag;
  return flag === undefined ? path : flag.alias === undefined ? `--${flag.name}` : `-${flag.alias}`;
}
