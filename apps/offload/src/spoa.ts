import { runCli } from './cli.js';
import { processContext } from './context.js';
import { buildSpoaCli } from './spoa-cli.js';

// Not process.exit: what is still on its way to a pipe would be lost.
process.exitCode = await runCli('spoa', buildSpoaCli, process.argv.slice(2), processContext());
