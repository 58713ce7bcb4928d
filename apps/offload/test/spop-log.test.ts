import type { ReportedAgentEvent } from '@offload/script-bridge';
import type { AgentConnection, AgentEvent } from '@offload/spop-agent';
import { SpopError } from '@offload/spop-codec';
import { describe, expect, test, vi } from 'vitest';
import type { Logger } from '../src/logger.js';
import { SpopLog } from '../src/spop-log.js';

const connection = { id: 3, engineId: 'e-1', peer: '127.0.0.1:5' } as AgentConnection;

function lineOf(
  event: AgentEvent | ReportedAgentEvent,
  lowest: 'debug' | 'info' = 'debug',
  worker?: number,
): unknown[] | undefined {
  let line: unknown[] | undefined;
  const write =
    (level: string) =>
    (...args: unknown[]) => {
      line = [level, ...args];
    };
  const logger = {
    isLevelEnabled: (level: string) => lowest === 'debug' || level !== 'debug',
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
  };
  new SpopLog(logger as unknown as Logger).write(event, worker);
  return line;
}

describe('SpopLog', () => {
  test('SpopLog.write() writes the fixed fields first, then those of the event', () => {
    const error = new SpopError('SPOP_ERR_TRUNCATED', 'cut short');
    const line = lineOf({ type: 'notify-invalid', connection, streamId: 7, frameId: 1, error });
    expect(line).toEqual([
      'warn',
      { conn: 3, engine: 'e-1', stream: 7, frame: 1, peer: '127.0.0.1:5', error: 'cut short' },
      'spop notify invalid: it cannot be read, and sets no variables',
    ]);
    expect(Object.keys(line?.[1] as object).slice(0, 4)).toEqual(['conn', 'engine', 'stream', 'frame']);
  });

  test('SpopLog.write() names the worker whose agent it is', () => {
    const event = { type: 'refused', connection, reason: 'handshake', status: 5, error: 'no HELLO' } as const;
    expect(lineOf(event, 'debug', 2)?.[1]).toMatchObject({ worker: 2, conn: 3, error: 'no HELLO' });
  });

  test.each<[AgentEvent, RegExp]>([
    [{ type: 'refused', connection, reason: 'too-many-connections', status: 13 }, /^spop refused: .*maxConnections$/],
    [{ type: 'refused', connection, reason: 'handshake', status: 3 }, /^spop refused$/],
    [{ type: 'message-too-big', connection, streamId: 1, frameId: 1 }, /^spop message too big: .*maxReassembledBytes/],
  ])('SpopLog.write() says what is meant in case %#', (event, meaning) => {
    expect(lineOf(event)?.[2]).toMatch(meaning);
  });

  test('SpopLog.write() writes what belongs to no connection', () => {
    expect(lineOf({ type: 'accept-error', error: new Error('EMFILE') })).toEqual([
      'error',
      { error: 'EMFILE' },
      'spop accept error',
    ]);
  });

  test.each<[AgentEvent, string]>([
    [{ type: 'connection-closed', connection, reason: 'peer', opened: true, inFlight: 0, midFrame: false }, 'debug'],
    [
      { type: 'connection-closed', connection, reason: 'protocol-error', opened: true, inFlight: 0, midFrame: false },
      'warn',
    ],
    [{ type: 'disconnect-received', connection, status: 0, message: 'normal' }, 'debug'],
    [{ type: 'disconnect-received', connection, status: 2, message: 'a timeout occurred' }, 'debug'],
    [{ type: 'disconnect-received', connection, status: 3, message: 'frame is too big' }, 'warn'],
    [{ type: 'health-check', connection, ok: true }, 'debug'],
    [{ type: 'health-check', connection, ok: false }, 'info'],
  ])('SpopLog.write() picks the level of case %#', (event, level) => {
    expect(lineOf(event)?.[0]).toBe(level);
  });

  test('SpopLog.write() makes nothing for a level that is off', () => {
    expect(lineOf({ type: 'health-check', connection, ok: true }, 'info')).toBeUndefined();
  });

  test('SpopLog.write() writes ten lines of a kind in ten seconds, then how many more there were', () => {
    vi.useFakeTimers();
    try {
      const lines: string[] = [];
      const write = (...args: unknown[]) => lines.push(String(args.at(-1)));
      const logger = { isLevelEnabled: () => true, debug: write, info: write, warn: write, error: write };
      const log = new SpopLog(logger as unknown as Logger);
      for (let i = 0; i < 1000; i++) {
        log.write({ type: 'ack-truncated', connection, streamId: i, frameId: 1, bytes: 20_000, variables: ['txn.v'] });
      }
      log.write({ type: 'refused', connection, reason: 'handshake', status: 4 });
      for (let i = 0; i < 20; i++) log.write({ type: 'health-check', connection, ok: true });
      expect(lines).toEqual([
        ...new Array(10).fill(expect.stringMatching(/^spop ack truncated: .*max-frame-size/)),
        'spop refused',
        ...new Array(20).fill('spop health check'),
      ]);
      lines.length = 0;
      vi.advanceTimersByTime(10_000);
      expect(lines).toEqual(['spop ack truncated: 990 more in the last 10 s']);
    } finally {
      vi.useRealTimers();
    }
  });
});
