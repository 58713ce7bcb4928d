import type { EngineHost, ScriptCall } from '../../runtime.js';
import { HostError, type HostResult, type Results, type ScriptValue } from '../../value.js';
import type { Batch } from './batch.js';
import { type HostFunctions, isPromise, textOf } from './host-functions.js';
import type { MarshalWriter } from './marshal-writer.js';
import { shownCall } from './own-call.js';
import type { PythonValues } from './values.js';
import { Answer, Entry } from './wire.js';

/** A question of the interpreter that waits for its answer. */
export interface Asked {
  readonly fn: number;
  readonly waiting: number;
  readonly args: ScriptValue[];
  /** Whose script asks. */
  readonly call: ScriptCall | null;
  /** Number of the question where the transport counts them. */
  readonly sequence: number;
}

/** What the answers need of the interpreter that asks. */
export interface Asking {
  readonly host: EngineHost;
  readonly values: PythonValues;
  readonly hostFunctions: HostFunctions;
  /** Where the end of a promise is added: another one each time a batch was sent. */
  readonly batch: Batch;
}

/** Answers the questions of one interpreter: calls of host functions whose result the script waits for. */
export class Answers {
  private readonly asking: Asking;
  private readonly host: EngineHost;
  private readonly values: PythonValues;
  private readonly hostFunctions: HostFunctions;
  private readonly wake: () => void;
  private nextPromise = 1;

  /** `wake` is called when a promise is over and the batch should cross soon. */
  constructor(asking: Asking, wake: () => void) {
    this.asking = asking;
    this.host = asking.host;
    this.values = asking.values;
    this.hostFunctions = asking.hostFunctions;
    this.wake = wake;
  }

  /** Does what was asked and writes the answer to `w`: a value, an error, or the number of what the script awaits. */
  answer(asked: Asked, w: MarshalWriter): void {
    const outer = this.host.current;
    this.host.current = shownCall(asked.call);
    let result: HostResult | Promise<HostResult>;
    try {
      result = this.hostFunctions.call(asked.fn, asked.args, asked.waiting);
    } catch (error) {
      this.writeError(w, error);
      return;
    } finally {
      this.host.current = outer;
    }
    if (!isPromise(result)) {
      this.writeAnswer(w, result);
      return;
    }
    const promise = this.nextPromise;
    this.nextPromise = (promise % 0x3fffffff) + 1;
    this.follow(promise, result);
    w.tuple(3);
    w.int(Answer.Promise);
    w.int(0);
    w.int(promise);
  }

  private follow(number: number, promise: Promise<HostResult>): void {
    const add = (failed: boolean, write: (w: MarshalWriter) => void): void => {
      const { writer: w, calls } = this.asking.batch;
      w.tuple(4);
      w.int(Entry.Resolve);
      w.int(number);
      w.bool(failed);
      write(w);
      calls.push(null);
      this.wake();
    };
    const fail = (error: unknown): void =>
      add(true, (w) => {
        w.tuple(2);
        w.int(0);
        w.text(messageOf(error));
      });
    promise.then((value) => {
      const start = this.asking.batch.writer.at;
      try {
        add(false, (w) => this.writeDressed(w, value ?? null));
      } catch (error) {
        this.asking.batch.writer.at = start;
        fail(error);
      }
    }, fail);
  }

  /** `(dressed, value)` */
  private writeDressed(w: MarshalWriter, value: ScriptValue | Results): void {
    w.tuple(2);
    const at = w.at;
    w.int(0);
    this.values.dressed = false;
    this.values.write(w, value);
    if (this.values.dressed) w.bytes[at + 1] = 1;
  }

  private writeAnswer(w: MarshalWriter, value: HostResult): void {
    const start = w.at;
    try {
      w.tuple(3);
      w.int(Answer.Value);
      const at = w.at;
      w.int(0);
      this.values.dressed = false;
      this.values.write(w, (value ?? null) as ScriptValue | Results);
      if (this.values.dressed) w.bytes[at + 1] = 1;
    } catch (error) {
      w.at = start;
      this.writeError(w, error);
    }
  }

  writeError(w: MarshalWriter, error: unknown): void {
    w.tuple(3);
    w.int(Answer.Error);
    w.int(0);
    w.text(messageOf(error));
  }
}

function isByteString(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0xff) return false;
  return true;
}

function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  // What a host function says of values of the script is made of byte strings.
  return error instanceof HostError && isByteString(text) ? text : (textOf(text) ?? '');
}
