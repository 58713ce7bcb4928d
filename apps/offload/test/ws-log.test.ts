import type { ServerEvent } from '@offload/lapps-server';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Logger } from '../src/logger.js';
import { WsLog } from '../src/ws-log.js';

type Connection = Extract<ServerEvent, { type: 'opened' }>['connection'];

const connection = { id: 3, remoteAddress: '127.0.0.1', service: { target: '/echo' } } as Connection;
const refused: ServerEvent = { type: 'refused', status: 403, why: 'target', address: '::1', target: '/x' };

function recorder(lowest: 'debug' | 'info'): { log: WsLog; lines: unknown[][] } {
  const lines: unknown[][] = [];
  const write =
    (level: string) =>
    (...args: unknown[]) =>
      lines.push([level, ...args]);
  const logger = {
    isLevelEnabled: (level: string) => lowest === 'debug' || level !== 'debug',
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
  };
  return { log: new WsLog(logger as unknown as Logger), lines };
}

describe('WsLog', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test('WsLog writes the connection, then what the event has', () => {
    const { log, lines } = recorder('debug');
    log.write({ type: 'closed', connection, info: { code: 1002, reason: 'bad', cause: 'protocol' } });
    log.write({ type: 'handler-error', connection, handler: 'onOpen', error: new Error('no such luck') });
    log.write({ type: 'slow-consumer', connection, bufferedBytes: 9 });
    const conn = { conn: 3, target: '/echo', peer: '127.0.0.1' };
    expect(lines).toEqual([
      ['debug', { ...conn, code: 1002, reason: 'bad', cause: 'protocol' }, 'ws closed'],
      ['error', { ...conn, handler: 'onOpen', error: 'no such luck' }, 'ws handler error'],
      ['warn', { ...conn, bufferedBytes: 9 }, 'ws slow consumer'],
    ]);
  });

  test('WsLog makes nothing of events whose level is off', () => {
    const { log, lines } = recorder('info');
    log.write({ type: 'opened', connection });
    expect(lines).toEqual([]);
  });

  test('WsLog writes ten lines of one kind in ten seconds, then how many more there were', () => {
    const { log, lines } = recorder('info');
    for (let i = 0; i < 25; i++) log.write(refused);
    log.write({ type: 'slow-consumer', connection, bufferedBytes: 9 });
    expect(lines).toHaveLength(11);
    expect(lines[0]).toEqual(['info', { status: 403, why: 'target', address: '::1', target: '/x' }, 'ws refused']);
    vi.advanceTimersByTime(10_000);
    expect(lines.slice(11)).toEqual([['info', 'ws refused: 15 more in the last 10 s']]);
    log.write(refused);
    expect(lines).toHaveLength(13);
  });
});
