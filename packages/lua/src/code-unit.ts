/**
 * Pieces of generated code and how a JavaScript stack frame inside one leads back to Lua source.
 *
 * Generated code carries `//# sourceURL=lua://<number>`; frames with such a name are looked up here. Positions of
 * operations are not kept with the code: they are computed, by generating it again, when the first error needs them.
 */
import { lastUpTo } from './ascending.js';
import type { PlacedSite } from './compiler/compile.js';
import type { Environments } from './environments.js';

/** Characters `new Function('R', 'K', code)` puts in front of the code. */
const HEADER = '(function anonymous(R,K\n) {\n';

/** Generated text and the places in it where something may fail. */
interface Located {
  readonly code: string;
  readonly sites: readonly PlacedSite[];
}

/** Extent and signature of a function. */
export interface FunctionLines {
  readonly line: number;
  readonly endLine: number;
  readonly vararg: boolean;
  readonly params: number;
  readonly upvalues: number;
}

/** The chunk a unit belongs to. */
export interface UnitOwner {
  readonly name: string;
  readonly chunkName: string;
  lines(fn: number): FunctionLines;
  readonly environments: Environments;
}

export class CodeUnit {
  readonly id: number;
  private readonly owner: UnitOwner;
  private readonly locate: () => Located;
  private located: Located | undefined = undefined;

  constructor(owner: UnitOwner, locate: () => Located) {
    this.id = ++lastId;
    this.owner = owner;
    this.locate = locate;
    units.set(this.id, new WeakRef(this));
    cleanup.register(this, this.id);
  }

  /** Display name of the chunk. */
  get chunk(): string {
    return this.owner.name;
  }

  /** Name the chunk was loaded under. */
  get source(): string {
    return this.owner.chunkName;
  }

  /** Extent of one of the chunk's functions. */
  lines(fn: number): FunctionLines {
    return this.owner.lines(fn);
  }

  /** The environment of one of the chunk's functions, as far as it is known without the closure. */
  get environments(): Environments {
    return this.owner.environments;
  }

  /** The operation at an offset of the script, undefined when there is none. */
  siteAt(position: number): PlacedSite | undefined {
    this.located ??= this.locate();
    const at = position - HEADER.length;
    const { sites } = this.located;
    return lastUpTo(sites, at, (site) => site.at);
  }

  /** Like {@link siteAt}, from line and column (both from 1) as stack texts give them. */
  siteAtLine(line: number, column: number): PlacedSite | undefined {
    this.located ??= this.locate();
    const text = HEADER + this.located.code;
    let start = 0;
    for (let n = 1; n < line; n++) start = text.indexOf('\n', start) + 1;
    return this.siteAt(start + column - 1);
  }
}

let lastId = 0;
const units = new Map<number, WeakRef<CodeUnit>>();
const cleanup = new FinalizationRegistry<number>((id) => units.delete(id));

const URL_PATTERN = /^lua:\/\/(\d+)$/;

/** The unit a script name belongs to. */
export function unitOf(scriptName: string | null | undefined): CodeUnit | undefined {
  if (typeof scriptName !== 'string') return undefined;
  const m = URL_PATTERN.exec(scriptName);
  return m === null ? undefined : units.get(Number(m[1]))?.deref();
}

export function unitById(id: number): CodeUnit | undefined {
  return units.get(id)?.deref();
}
