// Runs what was built: worker threads do not see the test runner's own loader.
import { createWorkerApp } from '@offload/script-bridge';
import { runWorker } from '@offload/script-runtime';

const loaders = { fengari: async () => (await import('@offload/script-runtime/fengari')).fengari };
runWorker((port, data) => createWorkerApp(port, data, loaders));
