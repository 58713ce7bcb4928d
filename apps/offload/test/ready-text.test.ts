import { describe, expect, test } from 'vitest';
import { messagesText, type Running, readyText } from '../src/ready-text.js';

const running: Running = {
  spop: [{ host: '::1', port: 12_345 }, { path: '/run/spop.sock' }],
  scripts: ['/srv/app/a.lua', '/else/b.lua'],
  messages: [{ name: 'check', where: '/srv/app/a.lua:3', engine: 'fengari' }],
  workers: 2,
};

describe('readyText()', () => {
  test('readyText() says where it listens, what is loaded and what to try', () => {
    expect(readyText(running, ['one', 'two'], '/srv/app')).toBe(`Offload is ready.
  SPOP agent on [::1]:12345
  SPOP agent on unix:/run/spop.sock
  script a.lua in 2 workers
  script /else/b.lua in 2 workers
  message  registered at  engine
  check    a.lua:3        fengari

Try it from another terminal:
  one
  two
`);
  });

  test('readyText() says that scripts run in the main thread', () => {
    expect(readyText({ ...running, workers: 0 }, [], '/')).toContain('script srv/app/a.lua in the main thread');
  });
});

describe('messagesText()', () => {
  test('messagesText() says that there is no message', () => {
    expect(messagesText([], '/')).toBe('  No script registered a message.\n');
  });
});
