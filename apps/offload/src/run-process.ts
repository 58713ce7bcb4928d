import { type buildCli, runCli } from './cli.js';
import { processContext } from './context.js';

/** The whole of a program: runs the command line of this process and sets its exit code. */
export async function runProcess(name: 'offload' | 'spoa', build: typeof buildCli): Promise<void> {
  const context = processContext();
  // Node would end without a word, with code 13.
  const stuck = (): void => {
    context.stderr(`${name}: A script waits for what nobody can send any more, such as mqr:recv() at its top level\n`);
    context.exit(1);
  };
  process.once('beforeExit', stuck);
  // Not process.exit: what is still on its way to a pipe would be lost.
  process.exitCode = await runCli(name, build, process.argv.slice(2), context);
  process.off('beforeExit', stuck);
}
