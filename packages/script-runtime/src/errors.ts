/** Every code a {@link ScriptRuntimeError} can carry; the README lists them. */
export type ScriptErrorCode =
  | 'SCRIPT_ERR_SYNTAX'
  | 'SCRIPT_ERR_RUNTIME'
  | 'SCRIPT_ERR_DEADLINE'
  | 'SCRIPT_ERR_LOAD'
  | 'SCRIPT_ERR_UNSUPPORTED'
  | 'SCRIPT_ERR_HOST'
  | 'POOL_ERR_WORKER_LOST'
  | 'POOL_ERR_WORKER_HUNG'
  | 'POOL_ERR_START'
  | 'POOL_ERR_STOPPED';

/** Where and how a script failed; plain data, so it crosses threads. */
export interface ScriptErrorData {
  readonly code: ScriptErrorCode;
  readonly message: string;
  /** Language of the script, e.g. `lua`. */
  readonly language?: string;
  /** Path of the script as it was given. */
  readonly script?: string;
  /** 1-based line. */
  readonly line?: number;
  /** Traceback in the language's own words, several lines. */
  readonly traceback?: string;
}

/** Characters an error keeps; a script may raise with a whole request in its text, and every line of the log has both. */
const MAX_MESSAGE_CHARS = 16 * 1024;
const MAX_TRACEBACK_CHARS = 256 * 1024;

/**
 * The one error class of this package. `code` says what happened; `script` and `line` where.
 * Crosses threads as {@link ScriptErrorData} (`toData`, `fromData`).
 */
export class ScriptRuntimeError extends Error implements ScriptErrorData {
  override readonly name = 'ScriptRuntimeError';
  readonly code: ScriptErrorCode;
  readonly language?: string;
  readonly script?: string;
  readonly line?: number;
  readonly traceback?: string;

  constructor(data: ScriptErrorData, options?: ErrorOptions) {
    super(shortened(data.message, MAX_MESSAGE_CHARS), options);
    this.code = data.code;
    if (data.language !== undefined) this.language = data.language;
    if (data.script !== undefined) this.script = data.script;
    if (data.line !== undefined) this.line = data.line;
    if (data.traceback !== undefined) this.traceback = shortened(data.traceback, MAX_TRACEBACK_CHARS);
  }

  /** The error as plain data for another thread. */
  toData(): ScriptErrorData {
    const { code, message, language, script, line, traceback } = this;
    return { code, message, language, script, line, traceback };
  }

  /** True for the plain data of an error, e.g. from another thread. */
  static isData(value: unknown): value is ScriptErrorData {
    return typeof value === 'object' && value !== null && 'code' in value && 'message' in value;
  }

  /** Any thrown value as plain data: foreign errors become `SCRIPT_ERR_HOST` with their stack as traceback. */
  static dataOf(thrown: unknown): ScriptErrorData {
    if (thrown instanceof ScriptRuntimeError) return thrown.toData();
    if (thrown instanceof Error) return { code: 'SCRIPT_ERR_HOST', message: thrown.message, traceback: thrown.stack };
    return { code: 'SCRIPT_ERR_HOST', message: String(thrown) };
  }
}

/** Without its middle when it is longer than `most`: where it happened stands in front, and what at the end of a traceback. */
function shortened(text: string, most: number): string {
  if (text.length <= most) return text;
  const kept = most / 2;
  return `${text.slice(0, kept)} ... ${text.length - most} characters more ... ${text.slice(-kept)}`;
}
