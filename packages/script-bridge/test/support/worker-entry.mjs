// Runs what was built: worker threads do not see the test runner's own loader.
import { createWorkerApp } from '@offload/script-bridge';
import { runWorker } from '@offload/script-runtime';

const loaders = {
  fengari: async () => (await import('@offload/script-runtime/fengari')).fengari,
  cpython: async () => (await import('@offload/script-runtime/cpython')).cpython,
  pyodide: async () => (await import('@offload/script-runtime/pyodide')).pyodide,
  plain: async () => (await import('@offload/script-runtime/plain')).plain,
  lua: async () => (await import('@offload/script-runtime/lua')).lua,
};
runWorker((port, data) => {
  const app = createWorkerApp(port, data, loaders);
  const message = app.message.bind(app);
  app.message = (text) => {
    // Stands for whatever may end a thread.
    if (text === 'die') process.exit(7);
    message(text);
  };
  return app;
});
