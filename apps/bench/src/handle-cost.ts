import { createWorkerApp, type WorkerAppData } from '@offload/script-bridge';
import { createInlinePool } from '@offload/script-runtime';
import { Cursor, FrameHeader, readFrameHeader } from '@offload/spop-codec';
import { defaultEngines, engineSettings, runtimeLoaders } from './spop/loaders.js';
import { encodeSampleNotify, sampleOf } from './spop/sample.js';

/**
 * CPU time of one NOTIFY inside a worker, without sockets and rings: decode, call the handler, encode its action.
 * `node dist/handle-cost.js [SCRIPT] [ENGINE] [SECONDS]`
 */
const [script = 'score.plain.mjs', engine, seconds = '2'] = process.argv.slice(2);
const NOTIFY = 1;
const path = new URL(`../src/scripts/${script}`, import.meta.url).pathname;
const data: WorkerAppData = {
  files: [{ path, ...(engine === undefined ? {} : { engine }) }],
  defaultEngines,
  engineSettings,
};
let replies = 0;
const pool = createInlinePool(
  { createApp: (port) => createWorkerApp(port, data, runtimeLoaders), data },
  {
    reply: () => {
      replies++;
    },
    event: () => {},
    fault: () => {},
    passEnd: () => {},
    congested: () => {},
    log: (_level, message) => console.error(message),
  },
);
await pool.start();
const frames = Array.from({ length: 64 }, (_, i) => encodeSampleNotify(i, 1, sampleOf(i)));
const payloads = frames.map((frame) => {
  const header = new FrameHeader();
  readFrameHeader(new Cursor(frame), header);
  return { frame, at: header.payloadAt, end: header.payloadEnd };
});
const pass = (): void => {
  for (const { frame, at, end } of payloads) pool.send(NOTIFY, undefined, frame, at, end);
  pool.flush();
};
const until = (ms: number): void => {
  const end = performance.now() + ms;
  while (performance.now() < end) pass();
};
until(500);
replies = 0;
const before = process.cpuUsage();
until(Number(seconds) * 1000);
const { user, system } = process.cpuUsage(before);
console.log(`${script} on Node ${process.version}: ${((user + system) / replies).toFixed(3)} us of CPU per NOTIFY`);
process.exit(0);
