import { readFileSync } from 'node:fs';
import { type Document, LineCounter, parseDocument } from 'yaml';
import { ConfigError, type ConfigFault } from '../errors.js';
import { keyOffset } from '../key-offset.js';
import { whyUnreadable } from '../why-unreadable.js';
import { jsonFault } from './json-syntax.js';

/** `container`: an object or an array. */
type Kind = 'boolean' | 'integer' | 'number' | 'string' | 'object' | 'array' | 'container';

/** What a key that is there means to us. */
export type KeyUse =
  | { readonly kind: Kind; readonly use: 'read' }
  /** Accepted, without effect; `why` ends up in the log. */
  | { readonly kind: Kind; readonly use: 'ineffective'; readonly why: string };

/**
 * A JSON file of LAppS, read key by key: what is unknown or has no effect is noted, never ignored; what is wrong is a
 * fault with its place. (JSON is read as the YAML it is, for the positions.)
 */
export class JsonFile {
  readonly path: string;
  readonly notes: string[] = [];
  readonly faults: ConfigFault[] = [];
  private readonly document: Document;
  private readonly lines = new LineCounter();

  /** @throws ConfigError when the file cannot be read or is not JSON, with line and column */
  constructor(path: string) {
    this.path = path;
    let text: string;
    try {
      text = readFileSync(path, 'utf8').replace(/^\ufeff/, '');
    } catch (error) {
      throw new ConfigError([{ path: '', keys: [], message: `Cannot read: ${whyUnreadable(error)}`, origin: path }]);
    }
    this.document = parseDocument(text, { lineCounter: this.lines, prettyErrors: false });
    const wrong = faultOf(text, this.document.errors);
    if (wrong !== undefined) {
      throw new ConfigError([{ path: '', keys: [], message: wrong.message, origin: this.place(wrong.at) }]);
    }
  }

  get root(): unknown {
    return this.document.toJS() as unknown;
  }

  private place(offset: number): string {
    const { line, col } = this.lines.linePos(offset);
    return `${this.path}:${line}:${col}`;
  }

  private origin(keys: readonly PropertyKey[]): string {
    const offset = keyOffset(this.document, keys);
    return offset === undefined ? this.path : this.place(offset);
  }

  fault(keys: readonly PropertyKey[], message: string): void {
    this.faults.push({ path: keys.map(String).join('.'), keys, message, origin: this.origin(keys) });
  }

  note(keys: readonly PropertyKey[], message: string): void {
    this.notes.push(`${this.origin(keys)}: ${keys.map(String).join('.')}: ${message}`);
  }

  /** The members of an object, of the kinds asked for; every other key is noted. Not an object: a fault and nothing. */
  members(value: unknown, keys: readonly PropertyKey[], uses: Readonly<Record<string, KeyUse>>): Map<string, unknown> {
    const found = new Map<string, unknown>();
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.fault(keys, `Expected an object, got ${kindOf(value)}`);
      return found;
    }
    for (const [name, member] of Object.entries(value)) {
      const path = [...keys, name];
      const use = Object.hasOwn(uses, name) ? uses[name] : undefined;
      if (use === undefined) this.note(path, 'unknown key, without effect');
      else if (use.use === 'ineffective') this.note(path, `without effect: ${use.why}`);
      else if (matches(member, use.kind)) found.set(name, member);
      else if (member !== null || use.kind !== 'array')
        this.fault(path, `Expected ${nameOf(use.kind)}, got ${kindOf(member)}`);
    }
    return found;
  }

  /** @throws ConfigError with every fault found so far */
  check(): void {
    if (this.faults.length > 0) throw new ConfigError(this.faults);
  }
}

/** What keeps a text from being read, if anything does. YAML that is no JSON would be read another way than LAppS does. */
function faultOf(
  text: string,
  [error]: readonly { readonly message: string; readonly pos: readonly [number, number] }[],
): { readonly message: string; readonly at: number } | undefined {
  const fault = jsonFault(text);
  if (fault !== undefined) {
    const got = fault.at < text.length ? JSON.stringify(text[fault.at]) : 'the end of the file';
    return { message: `Not JSON: expected ${fault.expected}, got ${got}`, at: fault.at };
  }
  if (error === undefined) return undefined;
  const isTwice = error.message === 'Map keys must be unique';
  return { message: isTwice ? 'The key is there twice' : error.message, at: error.pos[0] };
}

export const read = (kind: Kind): KeyUse => ({ kind, use: 'read' });
export const ineffective = (kind: Kind, why: string): KeyUse => ({ kind, use: 'ineffective', why });

function matches(value: unknown, kind: Kind): boolean {
  switch (kind) {
    case 'array':
      return Array.isArray(value);
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    case 'container':
      return typeof value === 'object' && value !== null;
    case 'integer':
      return Number.isInteger(value);
    default:
      return typeof value === kind;
  }
}

function nameOf(kind: Kind): string {
  return kind === 'container' ? 'an object or an array' : kind;
}

function kindOf(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'an array' : `a ${typeof value}`;
}
