import type { ReportedAgentEvent } from '@offload/script-bridge';
import type { AgentConnection, AgentEvent } from '@offload/spop-agent';
import { SpopError } from '@offload/spop-codec';
import { describe, expect, test } from 'vitest';
import type { Logger } from '../src/logger.js';
import { logAgentEvent } from '../src/spop-log.js';

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
  logAgentEvent(logger as unknown as Logger, event, worker);
  return line;
}

describe('logAgentEvent()', () => {
  test('logAgentEvent() writes the fixed fields first, then those of the event', () => {
    const error = new SpopError('SPOP_ERR_TRUNCATED', 'cut short');
    const line = lineOf({ type: 'notify-invalid', connection, streamId: 7, frameId: 1, error });
    expect(line).toEqual([
      'warn',
      { conn: 3, engine: 'e-1', stream: 7, frame: 1, peer: '127.0.0.1:5', error: 'cut short' },
      'spop notify invalid',
    ]);
    expect(Object.keys(line?.[1] as object).slice(0, 4)).toEqual(['conn', 'engine', 'stream', 'frame']);
  });

  test('logAgentEvent() names the worker whose agent it is', () => {
    const event = { type: 'refused', connection, reason: 'handshake', status: 5, error: 'no HELLO' } as const;
    expect(lineOf(event, 'debug', 2)?.[1]).toMatchObject({ worker: 2, conn: 3, error: 'no HELLO' });
  });

  test('logAgentEvent() writes what belongs to no connection', () => {
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
  ])('logAgentEvent() picks the level of case %#', (event, level) => {
    expect(lineOf(event)?.[0]).toBe(level);
  });

  test('logAgentEvent() makes nothing for a level that is off', () => {
    expect(lineOf({ type: 'health-check', connection, ok: true }, 'info')).toBeUndefined();
  });
});
