import { type buildCli, runCli } from './cli.js';
import { type ProcessContext, processContext } from './context.js';
import { openFilesFault } from './open-files-fault.js';

/** The whole of a program: runs the command line of this process and sets its exit code. */
export async function runProcess(name: 'offload' | 'spoa', build: typeof buildCli): Promise<void> {
  const context = contextOf(name);
  if (context === undefined) return;
  // Node would end without a word, with code 13.
  const stuck = (): void => {
    context.stderr(`${name}: A script waits for what nobody can send any more, such as mqr:recv() at its top level\n`);
    context.exit(1);
  };
  process.once('beforeExit', stuck);
  minding(process.stdout, name, context);
  // Nobody could be told.
  process.stderr.on('error', () => {});
  // Not process.exit: what is still on its way to a pipe would be lost.
  const code = await runCli(name, build, process.argv.slice(2), context).catch((error: unknown) => {
    const fault = openFilesFault(error);
    if (fault === undefined) throw error;
    context.stderr(`${name}: ${fault}\n`);
    return 1;
  });
  process.exitCode ??= code;
  process.off('beforeExit', stuck);
}

/** Undefined, and a word about it, where Node itself would throw at every path. */
function contextOf(name: string): ProcessContext | undefined {
  try {
    return processContext();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall !== 'uv_cwd') throw error;
    process.stderr.write(
      `${name}: Cannot tell the working folder, which is gone or may not be read: start in another\n`,
    );
    process.exitCode = 1;
    return undefined;
  }
}

/** Results that cannot be written are a fault, but for a reader that has enough (`| head`). */
function minding(stdout: NodeJS.WriteStream, name: string, context: ProcessContext): void {
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return;
    if (context.hasResults()) process.exitCode = 1;
    context.stderr(`${name}: Cannot write to standard output: ${error.message}\n`);
  });
}
