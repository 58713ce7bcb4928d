import type { EngineOptions } from '../../src/runtime.js';
import type { Bench } from './bench.js';

/** Where an engine may differ from the others, and what it does instead. */
export interface Differences {
  /** How bytes come back from a script: byte string (Lua) or Uint8Array. Default `string`. */
  readonly bytes?: 'string' | 'bytes';
  /** False when calls are batched or live in another process: no call returns its result at once. Default true. */
  readonly immediate?: boolean;
  /** What `prints` of the fixture logs. */
  readonly printed?: readonly string[];
  /** Language words for the types of null, boolean, number, string, list, map. */
  readonly types?: readonly string[];
  /** Tests that do not apply, by name, with the reason. */
  readonly skip?: Readonly<Record<string, string>>;
  readonly options?: EngineOptions;
}

/** What every group of tests gets. */
export interface Suite {
  readonly bench: Bench;
  readonly differences: Differences;
  readonly folder: string;
  readonly extension: string;
  /** Another engine of the same kind with the same scripts loaded; to be closed. */
  fresh(): Promise<Bench>;
  test(name: string, body: () => Promise<void> | void): void;
  /** 1-based line of the mark `@name` in a fixture. */
  line(name: string, file?: string): number;
}
