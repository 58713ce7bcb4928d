import { runWorker } from '@offload/script-runtime';
import { createWorkerApp } from '../dist/index.js';

const loaders = {
  lua: async () => (await import('@offload/script-runtime/lua')).lua,
  fengari: async () => (await import('@offload/script-runtime/fengari')).fengari,
};
runWorker((port, data) => createWorkerApp(port, data, loaders));
