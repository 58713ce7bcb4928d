import { runWorker } from '@offload/script-runtime';
import { createWorkerApp } from '../dist/index.js';

const loaders = {
  lua: async () => (await import('@offload/script-runtime/lua')).lua,
  pyodide: async () => (await import('@offload/script-runtime/pyodide')).pyodide,
  cpython: async () => (await import('@offload/script-runtime/cpython')).cpython,
  fengari: async () => (await import('@offload/script-runtime/fengari')).fengari,
};
runWorker((port, data) => createWorkerApp(port, data, loaders));
