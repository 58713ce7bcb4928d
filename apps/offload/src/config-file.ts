import { readFileSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { type Alias, type Document, LineCounter, parseDocument, visit, type YAMLParseError } from 'yaml';
import { rebasePaths } from './config/path-keys.js';
import { CONFIG_PATHS } from './config.js';
import { ConfigError } from './errors.js';
import { keyOffset } from './key-offset.js';
import { whyUnreadable } from './why-unreadable.js';

/** A config file as read: not yet validated. */
export interface ConfigFile {
  readonly raw: unknown;
  /** `FILE:LINE:COLUMN` of a key, or of the closest key above it that is in the file. */
  locate(path: readonly PropertyKey[]): string;
}

/**
 * Reads a YAML or JSON file (JSON is read as the YAML it is). Relative paths in it become relative to its folder.
 *
 * @throws ConfigError for a file that cannot be read or has syntax errors, with line and column.
 */
export function readConfigFile(path: string): ConfigFile {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new ConfigError([{ path: '', keys: [], message: `Cannot read: ${whyUnreadable(error)}`, origin: path }]);
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const place = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${path}:${line}:${col}`;
  };
  if (document.errors.length > 0) {
    throw new ConfigError(
      document.errors.map((error) => ({ path: '', keys: [], message: textOf(error), origin: place(error.pos[0]) })),
    );
  }
  const endless = endlessAlias(document);
  if (endless !== undefined) {
    const message = `Alias *${endless.source} stands within what it is an alias of`;
    throw new ConfigError([{ path: '', keys: [], message, origin: place(endless.range?.[0] ?? 0) }]);
  }
  const raw = rebasePaths(contentOf(document, path) ?? {}, CONFIG_PATHS, (inside) =>
    // A path that is missing, as in `unix:`, is a fault and not the folder.
    inside === '' || isAbsolute(inside) ? inside : join(dirname(path), inside),
  );
  return { raw, locate: (key) => place(keyOffset(document, key) ?? 0) };
}

/** The parser's words, but for advice that is meant for programmers. */
function textOf({ code, message }: YAMLParseError): string {
  return code === 'MULTIPLE_DOCS' ? 'A second document begins here: one is needed' : message;
}

/** An alias within its own anchor. What it unfolds into has no end, and nobody who walks through it comes back. */
function endlessAlias(document: Document): Alias | undefined {
  let found: Alias | undefined;
  visit(document, {
    Alias: (_key, alias, ancestors) => {
      const anchor = alias.resolve(document);
      if (anchor === undefined || !ancestors.includes(anchor)) return undefined;
      found = alias;
      return visit.BREAK;
    },
  });
  return found;
}

/** @throws ConfigError for aliases that would unfold without end */
function contentOf(document: Document, path: string): unknown {
  try {
    return document.toJS();
  } catch (error) {
    throw new ConfigError([{ path: '', keys: [], message: (error as Error).message, origin: path }]);
  }
}
