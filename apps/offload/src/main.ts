import { buildCli } from './cli.js';
import { runProcess } from './run-process.js';

await runProcess('offload', buildCli);
