import { createWorkerApp, type WorkerAppData } from '@offload/script-bridge';
import { runWorker } from '@offload/script-runtime';
import { runtimeLoaders } from './loaders.js';

runWorker((port, data) => createWorkerApp(port, data as WorkerAppData, runtimeLoaders));
