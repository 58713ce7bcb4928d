// Memory of idle connections: a child process runs an agent, this one opens connections that shake hands and wait.
// Build first, then: node packages/spop-agent/bench/idle-memory.mjs [connections]
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { EngineSession } from '@offload/spop-codec';

if (process.send !== undefined) {
  const { createAgent } = await import('@offload/spop-agent');
  const agent = createAgent({ handlers: () => [], limits: { maxConnections: 20_000 } });
  process.on('message', (message) => {
    if (message === 'stop') process.exit();
    globalThis.gc();
    const { rss, heapUsed, external } = process.memoryUsage();
    process.send({ rss, heapUsed, external, connections: agent.stats().connections });
  });
  process.send(await agent.listen({ port: 0 }));
} else {
  const count = Number(process.argv[2] ?? 1000);
  const child = fork(new URL(import.meta.url), { execArgv: ['--expose-gc'] });
  const [{ host, port }] = await once(child, 'message');
  const measure = async () => {
    child.send('measure');
    return (await once(child, 'message'))[0];
  };
  const open = () =>
    new Promise((resolve, reject) => {
      const engine = new EngineSession();
      const socket = connect(port, host, () => socket.write(engine.hello()));
      // One answered NOTIFY each, so that all a working connection allocates is counted.
      socket.on('data', (chunk) => {
        for (const { type } of engine.push(chunk)) {
          if (type === 'hello') socket.write(engine.notify([{ name: 'm', args: [] }]).bytes);
          if (type === 'ack') resolve(socket);
        }
      });
      socket.on('error', reject);
    });
  // Warm up, so that compiled code does not count as memory of connections.
  for (const socket of await Promise.all(Array.from({ length: 50 }, open))) socket.destroy();
  while ((await measure()).connections > 0);
  const before = await measure();
  const sockets = await Promise.all(Array.from({ length: count }, open));
  const after = await measure();
  const perConnection = Math.round((after.rss - before.rss) / count);
  console.log(
    JSON.stringify({ count, node: process.version, before, after, rssGrowth: after.rss - before.rss, perConnection }),
  );
  for (const socket of sockets) socket.destroy();
  child.send('stop');
}
