import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { LogConfig } from '../src/config/log.js';
import { createLogger, type Logger } from '../src/logger.js';
import { temporaryFolder } from './support/temporary-folder.js';

async function linesOf(config: LogConfig, write: (logger: Logger) => void): Promise<string[]> {
  const path = join(temporaryFolder(), 'log');
  const fd = openSync(path, 'w');
  write(await createLogger(config, fd));
  // Read before anything is flushed or awaited: writes must be synchronous.
  const text = readFileSync(path, 'utf8');
  closeSync(fd);
  return text.split('\n').slice(0, -1);
}

describe('createLogger()', () => {
  test('createLogger() writes JSON where there is no terminal: one line per event, fields first', async () => {
    const [line, ...rest] = await linesOf({ level: 'info', format: 'auto' }, (logger) => {
      logger.debug('not this one');
      logger.warn({ conn: 1, engine: 'e', stream: 2n ** 63n, frame: 1, script: 'a.lua', worker: 0 }, 'two\nlines');
    });
    expect(rest).toEqual([]);
    const { time, ...fields } = JSON.parse(line ?? '') as Record<string, unknown>;
    expect(fields).toEqual({
      level: 'warn',
      conn: 1,
      engine: 'e',
      stream: '9223372036854775808',
      frame: 1,
      script: 'a.lua',
      worker: 0,
      msg: 'two\nlines',
    });
    expect(Date.parse(String(time))).not.toBeNaN();
  });

  test('createLogger() writes for people on request, at once', async () => {
    const lines = await linesOf({ level: 'debug', format: 'pretty' }, (logger) => {
      logger.debug({ conn: 3 }, 'hello');
    });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/DEBUG.*hello.*"conn":3/);
  });

  test('createLogger() puts a traceback below its message for people', async () => {
    const lines = await linesOf({ level: 'info', format: 'pretty' }, (logger) => {
      logger.error({ script: 'a.lua', traceback: 'stack traceback:\n\ta.lua:3: in main chunk' }, 'no such luck');
    });
    expect(lines[0]).toMatch(/no such luck$/);
    expect(lines[1]).toBe('    stack traceback:');
    expect(lines[2]).toMatch(/^ {6}a\.lua:3: in main chunk \{"script":"a\.lua"\}$/);
  });

  test('createLogger() gives a terminal no control characters of scripts and peers, and no line of their making', async () => {
    const lines = await linesOf({ level: 'info', format: 'pretty' }, (logger) => {
      logger.info({ script: 'a\x1b[31m\x9b2J.lua' }, 'red \x1b[31m\x07\x9b2Jtext\r\n[00:00:00.000] ERROR: not so\ttab');
      logger.error({ traceback: 'one\x1b]0;title\x07\n\ttwo' }, 'no such luck');
    });
    const text = lines.join('\n');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what it is about
    expect(text).not.toMatch(/[\0-\x08\x0b-\x1f\x7f-\x9f]/);
    expect(lines[0]).toMatch(/red \\x1b\[31m\\x07\\x9b2Jtext$/);
    expect(lines[1]).toMatch(/^ {4}\[00:00:00\.000\] ERROR: not so\ttab \{"script":"a\\u001b\[31m\\x9b2J\.lua"\}$/);
    expect(lines[3]).toBe('    one\\x1b]0;title\\x07');
  });

  test('createLogger() writes nothing when silent', async () => {
    expect(await linesOf({ level: 'silent', format: 'json' }, (logger) => logger.error('x'))).toEqual([]);
  });
});
