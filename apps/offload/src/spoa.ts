import { runProcess } from './run-process.js';
import { buildSpoaCli } from './spoa-cli.js';

await runProcess('spoa', buildSpoaCli);
