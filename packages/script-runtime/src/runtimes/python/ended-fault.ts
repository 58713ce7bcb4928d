import { ScriptRuntimeError } from '../../errors.js';

/** An interpreter's process ended under a script. Of what it ended is known a moment later. */
export class EndedFault extends ScriptRuntimeError {
  private readonly pid: number | undefined;
  private readonly reason: Promise<string> | undefined;

  constructor(pid: number | undefined, reason: Promise<string> | undefined, text = 'ended while it ran a script') {
    super({ code: 'SCRIPT_ERR_HOST', message: `Python process ${pid ?? ''} ${text}`, language: 'python' });
    this.pid = pid;
    this.reason = reason;
  }

  /** The same error with the reason. */
  async explained(): Promise<ScriptRuntimeError> {
    return new EndedFault(this.pid, undefined, await this.reason);
  }
}
