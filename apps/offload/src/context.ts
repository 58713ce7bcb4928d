/** What a command may use of the process it runs in; tests hand in their own. */
export interface Context {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Folder the program was started in. */
  readonly cwd: string;
  /** Results. */
  readonly stdout: (text: string) => void;
  /** What a server says once it serves: where it cannot be written, serving is no failure. */
  readonly announce: (text: string) => void;
  /** Everything else, apart from the log. */
  readonly stderr: (text: string) => void;
  /** Calls back at every SIGINT, SIGTERM, SIGHUP and SIGUSR1; returns the function that ends it. */
  readonly onStopSignal: (callback: (signal: NodeJS.Signals) => void) => () => void;
  /** Ends the process at once. */
  readonly exit: (code: number) => void;
}

/**
 * SIGHUP, too: a terminal that is closed should cost no open work. SIGUSR1 is HAProxy's graceful stop; without a listener
 * Node opens its debugger to every user of the machine.
 */
const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR1'] as const;

/** A process and what its standard output was used for. */
export interface ProcessContext extends Context {
  /** Whether results went there; else it was announcements, or nothing. */
  readonly hasResults: () => boolean;
}

/** The context of a real process. */
export function processContext(): ProcessContext {
  let results = false;
  return {
    env: process.env,
    cwd: process.cwd(),
    hasResults: () => results,
    stdout(text) {
      results = true;
      process.stdout.write(text);
    },
    announce: (text) => void process.stdout.write(text),
    stderr: (text) => void process.stderr.write(text),
    onStopSignal(callback) {
      for (const signal of STOP_SIGNALS) process.on(signal, callback);
      return () => {
        for (const signal of STOP_SIGNALS) process.off(signal, callback);
      };
    },
    exit: (code) => process.exit(code),
  };
}
