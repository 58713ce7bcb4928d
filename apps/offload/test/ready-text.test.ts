import { describe, expect, test } from 'vitest';
import { messagesText, type Running, readyText, servicesText } from '../src/ready-text.js';

const running: Running = {
  spop: [{ host: '::1', port: 12_345 }, { path: '/run/spop.sock' }],
  scripts: ['/srv/app/a.lua', '/else/b.lua'],
  messages: [{ name: 'check', where: '/srv/app/a.lua:3', engine: 'fengari' }],
  workers: 2,
};

describe('messagesText()', () => {
  test('messagesText() shows names as text, and what is none by its bytes', () => {
    const names = ['h\u00c3\u00a9', '\u00ff', 'a\u001b[2J'];
    const messages = names.map((name) => ({ name, where: '/a.lua:1', engine: 'lua' }));
    const shown = messagesText(messages, '/else').split('\n').slice(1);
    expect(shown.map((line) => line.trim().split(/ {2,}/)[0])).toEqual(['h\u00e9', '\\xff', 'a\\x1b[2J', '']);
  });
});

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

  test('readyText() says which addresses the workers read themselves', () => {
    expect(readyText({ ...running, direct: true }, [], '/')).toContain(
      '  SPOP agent on [::1]:12345, read by the workers themselves\n  SPOP agent on unix:/run/spop.sock\n',
    );
    expect(readyText({ ...running, direct: true, workers: 1 }, [], '/')).toContain(
      '  SPOP agent on [::1]:12345, read by the worker itself\n',
    );
  });
});

describe('readyText() with WebSockets', () => {
  const ws: Running['ws'] = {
    listening: [{ host: '127.0.0.1', port: 5083 }, { path: '/run/ws.sock' }],
    tls: false,
    demo: false,
    services: [
      { name: 'chat', kind: 'LAppS', target: '/chat', instances: 2, file: '/srv/app/chat.lua' },
      { name: 'clock', kind: 'standalone', instances: 1, file: '/srv/app/clock.lua' },
    ],
    static: '/srv/app/public',
  };

  test('readyText() lists services, and no messages where nobody asks for any', () => {
    expect(
      readyText({ spop: [], ws, scripts: [], messages: [], workers: 1 }, ['one'], '/srv/app'),
    ).toBe(`Offload is ready.
  WebSockets on ws://127.0.0.1:5083, without TLS
  WebSockets on ws+unix:/run/ws.sock, without TLS
  files of public on http://127.0.0.1:5083/
  files of public on http+unix:/run/ws.sock
  service  kind        path   instances  script
  chat     LAppS       /chat  2          chat.lua
  clock    standalone  -      1          clock.lua

Try it from another terminal:
  one
`);
  });

  test('readyText() says that the demo is served, and with TLS', () => {
    const page = readyText({ ...running, ws: { ...ws, tls: true, demo: true } }, [], '/');
    expect(page).toContain('  WebSockets on wss://127.0.0.1:5083, the demo services as none are configured\n');
    expect(page).toContain('on https://127.0.0.1:5083/');
    expect(page).toContain('  SPOP agent on [::1]:12345\n');
  });
});

describe('servicesText()', () => {
  test('servicesText() says that there is no service', () => {
    expect(servicesText([], '/')).toBe('  No service is configured.\n');
  });
});

describe('messagesText()', () => {
  test('messagesText() says that there is no message', () => {
    expect(messagesText([], '/')).toBe('  No script registered a message.\n');
  });
});
