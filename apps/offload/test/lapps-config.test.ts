import { describe, expect, it } from 'vitest';
import { readLappsJson } from '../src/lapps/lapps-json.js';
import { readWsJson } from '../src/lapps/ws-json.js';
import { ECHO, HEAD_WS, useLappsHome, write } from './support/lapps-home-files.js';

useLappsHome();

describe('readWsJson()', () => {
  it('reads the latest generation and notes every key without effect, with its place', () => {
    const ws = readWsJson(write('ws.json', HEAD_WS));
    expect(ws).toMatchObject({
      ip: '0.0.0.0',
      port: 5083,
      maxConnections: 10000,
      tls: false,
      tlsServerVersion: 4,
      acl: { policy: 'allow', exclude: [] },
    });
    const noted = ws.notes.map((n) => n.split(': ')[1]);
    expect(noted).toEqual([
      'listeners',
      'connection_weight',
      'lapps_config_auto_save',
      'workers.workers',
      'workers.auto_fragment',
      'workers.max_poll_events',
      'tls_server_version',
      'tls_certificates.cert',
      'tls_certificates.key',
    ]);
    expect(ws.notes.at(-1)).toMatch(/tls_certificates\.key: without effect: tls is false/);
    expect(ws.notes[0]).toMatch(/ws\.json:2:3: listeners: without effect: one thread/);
  });

  it('reads the first generation', () => {
    const ws = readWsJson(
      write('ws.json', { listeners: 3, port: 443, tls: true, auto_fragment: true, max_inbound_message_size: 300000 }),
    );
    expect(ws).toMatchObject({ port: 443, tls: true, maxMessageBytes: 300000 });
  });

  it('takes an empty object as an empty exclude list', () => {
    expect(readWsJson(write('ws.json', { acl: { policy: 'deny', exclude: {} } })).acl).toEqual({
      policy: 'deny',
      exclude: [],
    });
  });

  it.each([
    [{ port: 'x' }, /port \(.*ws\.json:2:3\): Expected integer, got a string/],
    [{ port: 70000 }, /Expected 0 to 65535/],
    [{ acl: { policy: 'maybe' } }, /acl\.policy .*Expected "allow" or "deny", got "maybe"/],
    ['{ "port": 1,, }', /ws\.json:1:13\): Not JSON: expected a name in double quotes, got ","/],
    ['{\n  // the port\n  "port": 1\n}', /ws\.json:2:3\): Not JSON: expected a name in double quotes, got "\/"/],
    ["{ 'port': 1 }", /ws\.json:1:3\): Not JSON/],
    ['port: 1\n', /ws\.json:1:1\): Not JSON: expected a value, got "p"/],
    ['{ "port": 1', /ws\.json:1:12\): Not JSON: expected ',' or '}', got the end of the file/],
    ['', /Not JSON: expected a value, got the end of the file/],
    ['{ "port": 1, "port": 2 }', /ws\.json:1:14\): The key is there twice/],
    ['{ "workers": [ 1, 2 } }', /Not JSON: expected ',' or '\]', got "}"/],
    [[], /Expected an object/],
  ])('%j is refused with its place', (content, text) => {
    expect(() => readWsJson(write('ws.json', content))).toThrow(text);
  });

  it('reads JSON however it is laid out', () => {
    const text =
      '\ufeff{\r\n\t"ip"\t:"\\u0031\\/\\"",\n"port":1e3,"workers":{"max_connections":20.0},"acl":{"policy":"allow","exclude":[ ]}}\n';
    expect(readWsJson(write('ws.json', text))).toMatchObject({ ip: '1/"', port: 1000, maxConnections: 20 });
  });

  it('notes unknown keys, also those that are names of JavaScript', () => {
    const { notes } = readWsJson(write('ws.json', '{ "frobnicate": 1, "__proto__": {}, "constructor": 2 }'));
    expect(notes).toHaveLength(3);
    expect(notes[0]).toContain('frobnicate: unknown key');
  });
});

describe('readLappsJson()', () => {
  it.each([
    ['an object', { echo: ECHO, clock: { internal: true } }],
    ['a list of one-key objects', [{ echo: ECHO }, { clock: { standalone: true } }]],
  ])('reads services from %s', (_kind, services) => {
    const { services: read, applications } = readLappsJson(
      write('lapps.json', { directories: { applications: 'x' }, services }),
    );
    expect(applications).toBe('x');
    expect(read).toMatchObject([
      { name: 'echo', instances: 2, protocol: 'raw', requestTarget: '/echo', maxMessageBytes: 512, standalone: false },
      { name: 'clock', standalone: true, instances: 1, autoStart: true },
    ]);
  });

  it.each([
    [{ s: { protocol: 'soap', request_target: '/s' } }, /services\.s\.protocol .*got "soap"/],
    [{ s: { protocol: 'raw' } }, /request_target .*needs one/],
    [{ s: { ...ECHO, instances: 0 } }, /instances .*got 0/],
    [{ s: { ...ECHO, request_target: 'echo' } }, /s\.request_target .*lapps\.json:\d+:\d+.*begins with \//],
    [{ s: { ...ECHO, max_inbound_message_size: 1e12 } }, /max_inbound_message_size .*lapps\.json:\d+:\d+/],
    [
      { s: { ...ECHO, acl: { policy: 'deny', exclude: ['::1', '10.0.0.0/40'] } } },
      /s\.acl\.exclude\.1 .*prefix length/,
    ],
    [{ s: { ...ECHO, depends: [1] } }, /depends\.0 .*Expected a name/],
    [{ s: { ...ECHO, extra_headers: { a: 1 } } }, /extra_headers\.a/],
    [{ '../s': ECHO }, /name of a service/],
    [[1], /services\.0/],
    ['x', /services .*Expected an object or an array/],
  ])('%j is refused with its place', (services, text) => {
    expect(() => readLappsJson(write('lapps.json', { services }))).toThrow(text);
  });

  it('notes what has no effect in this service: with its place', () => {
    const clock = {
      ...ECHO,
      standalone: true,
      internal: false,
      acl: { policy: 'deny', exclude: [] },
      proto_alias: 'x',
    };
    const services = { clock, echo: { ...ECHO, internal: false, preload: ['mqr', 'mqx'] } };
    const { notes } = readLappsJson(write('lapps.json', { services }));
    expect(notes.map((n) => n.split(': ')[1])).toEqual([
      'services.clock.internal',
      'services.clock.request_target',
      'services.clock.protocol',
      'services.clock.max_inbound_message_size',
      'services.clock.acl',
      'services.clock.proto_alias',
      'services.echo.preload.1',
    ]);
    expect(notes[4]).toMatch(/lapps\.json:\d+:\d+: .*: without effect: a standalone service has no connections/);
    expect(notes[6]).toContain('there is no module "mqx"');
  });

  it('takes preload null', () => {
    expect(
      readLappsJson(write('lapps.json', { services: { s: { ...ECHO, preload: null } } })).services[0].preload,
    ).toEqual([]);
  });
});
