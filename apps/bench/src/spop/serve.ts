import { parseArgs } from 'node:util';
import {
  connectDirectSpop,
  connectSpop,
  createBridge,
  createWorkerApp,
  type WorkerAppData,
} from '@offload/script-bridge';
import { createInlinePool, createThreadPool } from '@offload/script-runtime';
import { createAgent } from '@offload/spop-agent';
import { defaultEngines, engineSettings, runtimeLoaders } from './loaders.js';
import { HOST } from './sample.js';

/**
 * The server under load, in a process of its own: `library` is `createAgent` with a TypeScript handler; `inline`, `workers`
 * and `direct` run a script in the main thread, in workers behind rings, and in workers with sockets of their own. Prints
 * its port.
 */
const { values } = parseArgs({
  options: {
    mode: { type: 'string', default: 'library' },
    script: { type: 'string', default: 'score.plain.mjs' },
    engine: { type: 'string' },
    workers: { type: 'string', default: '1' },
    port: { type: 'string', default: '0' },
  },
});

function libraryAgent(): ReturnType<typeof createAgent> {
  return createAgent({
    handlers: {
      'check-client-ip': ({ args }) => {
        const flag = args[0].value.type === 'bool' && args[0].value.value;
        const integer =
          args[1].value.type === 'int64' || args[1].value.type === 'int32' ? Number(args[1].value.value) : 0;
        const octet = args[2].value.type === 'ipv4' ? args[2].value.value[3] : 0;
        const length = args[4].value.type === 'string' ? args[4].value.value.length : HOST.length;
        const score = (integer * 7 + octet + length + (flag ? 1 : 0)) % 101;
        return [{ type: 'set-var', scope: 1, name: 'ip_score', value: { type: 'int32', value: score } }];
      },
    },
  });
}

type Door = Pick<ReturnType<typeof connectDirectSpop>, 'listen'>;

async function scriptAgent(mode: string): Promise<Door> {
  const path = new URL(`../../src/scripts/${values.script}`, import.meta.url).pathname;
  const data: WorkerAppData = { files: [{ path, engine: values.engine }], defaultEngines, engineSettings };
  const log = (level: string, message: string, fields?: object): void => console.error(level, message, fields ?? '');
  const bridge = createBridge(
    (handlers) =>
      mode === 'inline'
        ? createInlinePool({ createApp: (port) => createWorkerApp(port, data, runtimeLoaders), data }, handlers)
        : createThreadPool(
            { workers: Number(values.workers), entry: new URL('./worker-entry.js', import.meta.url), data },
            handlers,
          ),
    log,
  );
  const door: Door = mode === 'direct' ? connectDirectSpop(bridge) : connectSpop(bridge);
  await bridge.pool.start();
  return door;
}

const door: Door = values.mode === 'library' ? libraryAgent() : await scriptAgent(values.mode);
const address = await door.listen({ host: '127.0.0.1', port: Number(values.port) });
console.log(JSON.stringify(address));
process.once('SIGTERM', () => process.exit(0));
