import type { ScriptRuntimeError } from '../../errors.js';
import type { EngineHost, ScriptCall } from '../../runtime.js';
import type { ScriptValue } from '../../value.js';
import { Answers, type Asked } from './answers.js';
import { Awake } from './awake.js';
import { Batch } from './batch.js';
import { asScriptError, readFault } from './faults.js';
import { FunctionHandles } from './handles.js';
import { HostFunctions } from './host-functions.js';
import { logLine, logStray } from './log-items.js';
import { broken, Mark, MarshalReader } from './marshal-reader.js';
import { ObjectHandles } from './objects.js';
import { shownCall } from './own-call.js';
import { PythonValues } from './values.js';
import { Entry, Item } from './wire.js';

/** What the transport does for the {@link Interpreter}. */
export interface InterpreterLink {
  /** Bytes in front of each batch. */
  readonly headroom: number;
  /** Something was added to the batch outside of a pass: it should cross soon. */
  wake(): void;
}

/**
 * The host's half of one interpreter, whatever the way between them: collects calls into a batch, takes apart what
 * comes back, keeps the calls that wait, and does what scripts ask of the host without waiting for it.
 */
export class Interpreter {
  readonly host: EngineHost;
  readonly values: PythonValues;
  readonly objects = new ObjectHandles();
  readonly functions: FunctionHandles;
  readonly hostFunctions = new HostFunctions();
  readonly answers: Answers;
  /** Where entries are added. */
  batch: Batch;
  /** The batch whose outcomes come in. */
  running: Batch | null = null;
  private readonly link: InterpreterLink;
  private readonly spare: Batch[] = [];
  private readonly readers: MarshalReader[] = [];
  private readonly waiting = new Map<number, ScriptCall>();
  private readonly numbers = new Map<ScriptCall, number>();
  /** Calls of which a deferred host function failed. */
  private readonly failed = new Map<ScriptCall, ScriptRuntimeError>();
  /** Numbers and counts in turn. */
  private readonly freed: number[] = [];
  private readonly awake: Awake;
  private depth = 0;
  private nextCall = 0;

  constructor(host: EngineHost, link: InterpreterLink) {
    this.host = host;
    this.link = link;
    this.awake = new Awake(host);
    this.functions = new FunctionHandles(this);
    this.values = new PythonValues(this, this.functions, this.objects);
    this.batch = this.newBatch();
    this.answers = new Answers(this, () => link.wake());
  }

  private newBatch(): Batch {
    const batch = this.spare.pop() ?? new Batch(this.link.headroom);
    batch.begin(this.nextCall);
    return batch;
  }

  /** The batch to send; a new one takes its place. */
  take(): Batch {
    const { batch } = this;
    if (this.functions.hasLost) {
      for (const { number, received } of this.functions.takeLost()) {
        batch.command(Entry.Release, this.values, null, number, received);
      }
    }
    batch.end();
    // Numbers cross as 31 bits.
    this.nextCall = (this.nextCall + batch.calls.length) % 0x40000000;
    this.batch = this.newBatch();
    return batch;
  }

  /** The batch is done with: its memory serves another. */
  recycle(batch: Batch): void {
    if (this.spare.length < 4) this.spare.push(batch);
  }

  /** True while the script of `call` waits, as far as is known. */
  waits(call: ScriptCall): boolean {
    return this.numbers.has(call);
  }

  /** Adds the end of a waiting call to the batch; false when it does not wait. */
  cancel(call: ScriptCall): boolean {
    const number = this.numbers.get(call);
    if (number === undefined) return false;
    this.batch.command(Entry.Cancel, this.values, null, number, 'script cancelled while it waited');
    return true;
  }

  /**
   * Takes items apart and does what they say. `bytes` must stay as they are while it runs.
   * @returns the question at the end, if there is one
   */
  receive(bytes: Uint8Array, at: number, end: number): Asked | null {
    const r = (this.readers[this.depth] ??= new MarshalReader());
    const outer = this.host.current;
    this.depth++;
    let switched: ScriptCall | null | undefined;
    let asked: Asked | null = null;
    try {
      r.reset(bytes, at, end);
      for (let left = r.count(); left > 0; left--) {
        const mark = r.mark();
        if (mark === Mark.None) {
          this.settleNext(null, null);
          continue;
        }
        if (mark !== Mark.Tuple) throw broken(`item of type ${mark}`);
        const count = r.int32();
        const kind = r.smallInt();
        const call = switched === undefined ? this.present() : switched;
        if (kind >= 0) this.runDeferred(r, kind, count - 1, call);
        else if (kind === Item.Switch) {
          const number = r.smallInt();
          switched = number < 0 ? undefined : (this.waiting.get(number) ?? this.callOf(number));
        } else if (kind === Item.Ask) asked = this.readQuestion(r, count, call);
        else this.takeItem(r, kind);
      }
    } finally {
      if (--this.depth === 0) this.freeObjects();
      this.host.current = outer;
    }
    return asked;
  }

  private freeObjects(): void {
    const { freed } = this;
    if (freed.length === 0) return;
    for (let i = 0; i < freed.length; i += 2) this.objects.free(freed[i] as number, freed[i + 1] as number);
    freed.length = 0;
  }

  /** The call of the running batch whose outcome is next. */
  private present(): ScriptCall | null {
    const { running } = this;
    return running === null ? null : (running.calls[running.cursor] ?? null);
  }

  /** Script code will run next for what is left of a batch, or, where the batch is over, for nobody known. */
  serve(batch: Batch | null): void {
    this.host.serves(batch?.calls ?? [], batch?.cursor ?? 0);
  }

  /** Script code will run next for a call that waited. */
  serveWaiting(number: number): void {
    this.host.serves([this.waiting.get(number) ?? null], 0);
  }

  /** A call by number while its batch runs. */
  private callOf(number: number): ScriptCall | null {
    const { running } = this;
    return running === null ? null : (running.calls[number - running.base] ?? null);
  }

  private takeItem(r: MarshalReader, kind: number): void {
    switch (kind) {
      case Item.Done: {
        const number = r.smallInt();
        this.settle(number, null, this.values.read(r, r.smallInt() !== 0));
        return;
      }
      case Item.Fault:
        this.settle(r.smallInt(), readFault(r), null);
        return;
      case Item.Pending:
        this.suspend(r.smallInt());
        return;
      case Item.Log:
        logLine(r, this.host);
        return;
      case Item.Stray:
        logStray(r, this.host);
        return;
      case Item.Awake:
        this.awake.set(r.smallInt(), r.smallInt() !== 0);
        return;
      case Item.Free:
        // A handle of the same object may stand behind this item.
        this.freed.push(r.smallInt(), r.smallInt());
        return;
      default:
        throw broken(`item ${kind}`);
    }
  }

  /** Does what a script has asked to be done without waiting for it. What comes behind a failure is not done. */
  private runDeferred(r: MarshalReader, number: number, count: number, call: ScriptCall | null): void {
    const { values } = this;
    const fn = this.hostFunctions.get(number);
    const args: ScriptValue[] = [];
    for (let i = 0; i < count; i++) args.push(values.read(r, false));
    if (call !== null && this.failed.size > 0 && this.failed.has(call)) return;
    this.host.current = shownCall(call);
    try {
      if (count === 3) fn(args[0], args[1], args[2]);
      else fn(...args);
    } catch (error) {
      if (call === null) this.host.log('warn', (error as Error).message);
      else this.failed.set(call, asScriptError(error));
    }
  }

  private readQuestion(r: MarshalReader, count: number, call: ScriptCall | null): Asked {
    const fn = r.smallInt();
    const waiting = r.smallInt();
    const dressed = r.smallInt() !== 0;
    const args: ScriptValue[] = [];
    for (let left = r.count(); left > 0; left--) args.push(this.values.read(r, dressed));
    if (count < 7) return { fn, waiting, args, call, sequence: 0 };
    const sequence = r.smallInt();
    const number = r.smallInt();
    return { fn, waiting, args, call: number < 0 ? call : (this.waiting.get(number) ?? null), sequence };
  }

  private settle(number: number, error: ScriptRuntimeError | null, result: ScriptValue): void {
    if (number < 0) {
      this.settleNext(error, result);
      return;
    }
    const call = this.waiting.get(number);
    if (call === undefined) return;
    this.forget(number, call);
    this.finish(call, error, result);
  }

  private settleNext(error: ScriptRuntimeError | null, result: ScriptValue): void {
    const { running } = this;
    if (running === null || running.cursor >= running.calls.length) throw broken('an outcome of no call');
    const call = running.calls[running.cursor] ?? null;
    running.cursor++;
    if (call !== null) this.finish(call, error, result);
  }

  private finish(call: ScriptCall, error: ScriptRuntimeError | null, result: ScriptValue): void {
    this.host.current = null;
    if (this.failed.size > 0) {
      error ??= this.failed.get(call) ?? null;
      this.failed.delete(call);
    }
    call.settled(error, error === null ? result : undefined);
  }

  private suspend(number: number): void {
    const { running } = this;
    if (running === null) throw broken('a call that waits outside of a batch');
    const call = running.calls[running.cursor] ?? null;
    running.cursor++;
    if (call === null) return;
    this.waiting.set(number, call);
    this.numbers.set(shownCall(call) ?? call, number);
    this.host.hold();
  }

  private forget(number: number, call: ScriptCall): void {
    this.waiting.delete(number);
    this.numbers.delete(shownCall(call) ?? call);
    this.host.release();
  }

  /** Fails the calls of the running batch that have no outcome. */
  failRunning(error: ScriptRuntimeError): void {
    const { running } = this;
    if (running === null) return;
    while (running.cursor < running.calls.length) this.settleNext(error, null);
  }

  /** Fails the calls that were not sent yet. */
  failBatch(error: ScriptRuntimeError): void {
    const batch = this.take();
    this.running = batch;
    this.failRunning(error);
    this.running = null;
    this.recycle(batch);
  }

  /** Fails the calls that wait. */
  failWaiting(error: ScriptRuntimeError): void {
    this.awake.end();
    for (const number of [...this.waiting.keys()]) this.settle(number, error, null);
  }

  /** Forgets the calls that wait. */
  dropWaiting(): void {
    this.awake.end();
    for (const [number, call] of [...this.waiting]) this.forget(number, call);
  }
}
