import type { ScriptEngine, ScriptFunction } from '@offload/script-runtime';
import { BridgeError } from '../errors.js';

/** A handler a script registered for one SPOE message. */
export interface MessageHandlerEntry {
  readonly name: string;
  readonly fn: ScriptFunction;
  readonly engine: ScriptEngine;
  /** `file:line` of the function. */
  readonly where: string;
  /** The file that was loading when it was registered. */
  readonly file: string;
  /** What the log names where the handler cannot be stopped, see `ScriptCall.subject`. */
  readonly subject?: number;
}

/** What the start report says of one handler. */
export interface RegisteredMessage {
  readonly name: string;
  readonly where: string;
  readonly file: string;
  readonly language: string;
  readonly engine: string;
}

/** The handlers of one worker, by SPOE message name. A message has one handler. */
export class MessageRegistry {
  private readonly entries = new Map<string, MessageHandlerEntry>();

  /** @throws BridgeError BRIDGE_ERR_DUPLICATE_MESSAGE, naming both places */
  add(entry: MessageHandlerEntry): void {
    const before = this.entries.get(entry.name);
    // A service has a state per instance and registers in each: the first of this worker serves.
    if (before !== undefined && isOtherInstance(before, entry)) return;
    if (before !== undefined) {
      throw new BridgeError(
        'BRIDGE_ERR_DUPLICATE_MESSAGE',
        `message '${entry.name}' is registered twice: at ${before.where} and at ${entry.where}`,
      );
    }
    this.entries.set(entry.name, entry);
  }

  get(name: string): MessageHandlerEntry | undefined {
    return this.entries.get(name);
  }

  list(): RegisteredMessage[] {
    return [...this.entries.values()].map(({ name, where, file, engine }) => ({
      name,
      where,
      file,
      language: engine.language,
      engine: engine.engine,
    }));
  }
}

/** True for two states of one script; not for a script that two engines run. */
function isOtherInstance(before: MessageHandlerEntry, { file, engine }: MessageHandlerEntry): boolean {
  return before.file === file && before.engine !== engine && before.engine.engine === engine.engine;
}
