/** Every code an {@link OffloadError} can carry; the README lists them with their exit codes. */
export type OffloadErrorCode =
  | 'OFFLOAD_ERR_USAGE'
  | 'OFFLOAD_ERR_CONFIG'
  | 'OFFLOAD_ERR_SCRIPT'
  | 'OFFLOAD_ERR_LISTEN'
  | 'OFFLOAD_ERR_CONNECT'
  | 'OFFLOAD_ERR_TIMEOUT'
  | 'OFFLOAD_ERR_PROTOCOL'
  | 'OFFLOAD_ERR_RESPONSE';

/** Exit status of a process that ended with this code: 2 for a command line that makes no sense, else 1. */
export function exitCodeOf(code: OffloadErrorCode): 1 | 2 {
  return code === 'OFFLOAD_ERR_USAGE' ? 2 : 1;
}

/** The one error class of this package: a fault the user can do something about, told in full sentences. */
export class OffloadError extends Error {
  override readonly name: string = 'OffloadError';
  readonly code: OffloadErrorCode;

  constructor(code: OffloadErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** A command line that makes no sense, and the flags it might have had. */
export class UsageError extends OffloadError {
  /** Without dashes. */
  readonly flags: readonly string[];

  constructor(message: string, flags: readonly string[]) {
    super('OFFLOAD_ERR_USAGE', message);
    this.flags = flags;
  }
}

/** One fault of a configuration. */
export interface ConfigFault {
  /** Path of the key: `spop.listen[0]`; empty for the whole document. */
  readonly path: string;
  /** The same path in parts, where a key may hold any characters. */
  readonly keys: readonly PropertyKey[];
  readonly message: string;
  /** Where the value came from: `offload.yaml:3:11`, `OFFLOAD_SPOP_LISTEN`, `--spop-listen`. */
  readonly origin?: string;
}

/** A configuration with faults: all of them, not only the first. `OFFLOAD_ERR_USAGE` when flags are at fault. */
export class ConfigError extends OffloadError {
  override readonly name = 'ConfigError';
  readonly faults: readonly ConfigFault[];

  constructor(faults: readonly ConfigFault[], code: 'OFFLOAD_ERR_CONFIG' | 'OFFLOAD_ERR_USAGE' = 'OFFLOAD_ERR_CONFIG') {
    super(code, `Cannot use the configuration:\n${faults.map(faultLine).join('\n')}`);
    this.faults = faults;
  }
}

function faultLine({ path, message, origin }: ConfigFault): string {
  const where = [path, origin === undefined ? '' : `(${origin})`].filter(Boolean).join(' ');
  return where === '' ? `  ${message}` : `  ${where}: ${message}`;
}
