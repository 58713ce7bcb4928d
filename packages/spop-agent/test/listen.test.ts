import { chmodSync, existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { notifyFrame, RawEngine } from './support/raw-engine.js';
import { startAgent } from './support/test-agent.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'spop-agent-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function serves(address: Parameters<typeof RawEngine.ready>[0]): Promise<void> {
  const engine = await RawEngine.ready(address);
  engine.send(notifyFrame(1));
  expect((await engine.next()).type).toBe('ack');
  engine.close();
}

describe('Agent.listen', () => {
  test('Agent.listen() takes a free port on 127.0.0.1 unless told otherwise', async () => {
    const t = await startAgent();
    expect(t.address).toEqual({ host: '127.0.0.1', port: expect.any(Number) });
    await serves(t.address);
  });

  test('Agent.listen() serves several addresses, TCP and unix', async () => {
    const path = join(folder, 'agent.sock');
    const t = await startAgent();
    const second = await t.agent.listen({ host: '127.0.0.1', port: 0 });
    const third = await t.agent.listen({ path });
    expect(third).toEqual({ path });
    for (const address of [t.address, second, third]) await serves(address);
    await t.agent.stop({ graceMs: 0 });
    expect(existsSync(path)).toBe(false);
  });

  test('Agent.listen() refuses a mode that is none', async () => {
    const path = join(folder, 'bad.sock');
    await expect(startAgent({}, { path, mode: -1 })).rejects.toMatchObject({ code: 'SPOP_AGENT_ERR_LISTEN' });
    expect(existsSync(path)).toBe(false);
  });

  test('Agent.listen() refuses a path that the system would cut', async () => {
    const most = process.platform === 'linux' ? 107 : 103;
    const path = join(folder, 'x'.repeat(most - folder.length - 1));
    expect((await startAgent({}, { path })).address).toEqual({ path });
    const long = { code: 'SPOP_AGENT_ERR_LISTEN', message: expect.stringContaining(`${most} bytes at most`) };
    await expect(startAgent({}, { path: `${path}x` })).rejects.toMatchObject(long);
    await expect(startAgent({}, { path: '\0name' })).rejects.toMatchObject({ code: 'SPOP_AGENT_ERR_LISTEN' });
  });

  test('Agent.listen() sets the mode of a unix socket', async () => {
    const path = join(folder, 'agent.sock');
    await startAgent({}, { path, mode: 0o660 });
    expect(statSync(path).mode & 0o777).toBe(0o660);
  });

  test('Agent.listen() replaces a socket that no one answers on', async () => {
    const path = join(folder, 'agent.sock');
    const moved = join(folder, 'moved.sock');
    // A server that is closed removes its path, so move the socket away and leave it behind.
    const server = createServer().listen(path);
    await new Promise((resolve) => server.once('listening', resolve));
    const { renameSync } = await import('node:fs');
    renameSync(path, moved);
    await new Promise((resolve) => server.close(resolve));
    expect(statSync(moved).isSocket()).toBe(true);
    const t = await startAgent({}, { path: moved });
    await serves(t.address);
  });

  test('Agent.listen() leaves a socket alone that is answered', async () => {
    const path = join(folder, 'agent.sock');
    const first = await startAgent({}, { path });
    const second = await startAgent();
    await expect(second.agent.listen({ path })).rejects.toMatchObject({ code: 'SPOP_AGENT_ERR_SOCKET_IN_USE' });
    await serves(first.address);
  });

  test('Agent.listen() leaves a file alone that is no socket', async () => {
    const path = join(folder, 'precious');
    writeFileSync(path, 'data');
    const t = await startAgent();
    await expect(t.agent.listen({ path })).rejects.toMatchObject({ code: 'SPOP_AGENT_ERR_NOT_A_SOCKET' });
    expect(statSync(path).size).toBe(4);
  });

  test('Agent.listen() reports a port in use with its cause', async () => {
    const t = await startAgent();
    const { port } = t.address as { port: number };
    await expect(t.agent.listen({ port })).rejects.toMatchObject({
      code: 'SPOP_AGENT_ERR_LISTEN',
      message: expect.stringContaining(`127.0.0.1:${port}`),
      cause: { code: 'EADDRINUSE' },
    });
  });

  test.each([[{ port: 70_000 }], [{ path: '/nonexistent/folder/agent.sock' }]])(
    'Agent.listen() reports that %j cannot be had',
    async (at) => {
      const t = await startAgent();
      await expect(t.agent.listen(at)).rejects.toMatchObject({ code: 'SPOP_AGENT_ERR_LISTEN' });
    },
  );

  test('Agent.listen() says so when the agent was stopped', async () => {
    const t = await startAgent();
    await t.agent.stop({ graceMs: 0 });
    await expect(t.agent.listen({ port: 0 })).rejects.toMatchObject({ code: 'SPOP_AGENT_ERR_STOPPED' });
  });

  test('Agent.listen() keeps agents apart: two in one process share nothing', async () => {
    const [a, b] = [await startAgent(), await startAgent()];
    await serves(a.address);
    expect(a.agent.stats()).toMatchObject({ accepted: 1, acks: 1 });
    expect(b.agent.stats()).toMatchObject({ accepted: 0, acks: 0 });
    chmodSync(folder, 0o700);
  });
});
