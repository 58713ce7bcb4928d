import { buildCli, runCli } from './cli.js';
import { processContext } from './context.js';

// Not process.exit: what is still on its way to a pipe would be lost.
process.exitCode = await runCli('offload', buildCli, process.argv.slice(2), processContext());
