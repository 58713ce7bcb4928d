import { createWorkerApp, type WorkerAppData } from '@offload/script-bridge';
import { runWorker } from '@offload/script-runtime';
import { runtimeLoaders } from './loaders.js';

runWorker((port, data) => {
  const app = createWorkerApp(port, data as WorkerAppData, runtimeLoaders);
  const message = app.message?.bind(app);
  // So that what idle connections hold here can be told from garbage; needs --expose-gc.
  app.message = (told) => (told === 'collect' ? globalThis.gc?.() : message?.(told));
  return app;
});
