import { createWorkerApp, type WorkerAppData } from '@offload/script-bridge';
import { runWorker } from '@offload/script-runtime';
import { RUNTIME_LOADERS } from './runtimes.js';

// What a worker thread runs. `data` comes from compose.ts.
runWorker((port, data) => createWorkerApp(port, data as WorkerAppData, RUNTIME_LOADERS));
