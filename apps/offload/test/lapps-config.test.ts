import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_SERVER_LIMITS } from '@offload/lapps-server';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeCertificate } from '../src/certificate.js';
import { validateConfig } from '../src/config.js';
import { readLappsJson } from '../src/lapps/lapps-json.js';
import { planWs } from '../src/lapps/plan.js';
import { readWsJson } from '../src/lapps/ws-json.js';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'offload-lapps-'));
  mkdirSync(join(home, 'etc', 'conf'), { recursive: true });
});
afterEach(() => rmSync(home, { recursive: true }));

function write(name: string, content: unknown): string {
  const path = join(home, 'etc', 'conf', name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content, null, 2));
  return path;
}
function app(name: string, extension = 'lua'): string {
  const folder = join(home, 'apps', name);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name}.${extension}`);
  writeFileSync(file, '');
  return file;
}
const plan = (ws: object = {}, env: Record<string, string> = {}) =>
  planWs(validateConfig({ ws: { lappsHome: home, ...ws } }).ws, env);

/** The latest generation's file, with every key it had. */
const HEAD_WS = {
  listeners: 2,
  connection_weight: 1.0,
  ip: '0.0.0.0',
  port: 5083,
  lapps_config_auto_save: true,
  workers: { workers: 4, max_connections: 10000, auto_fragment: false, max_poll_events: 300 },
  acl: { policy: 'allow', exclude: [] },
  tls: false,
  tls_server_version: 4,
  tls_client_version: 3,
  tls_certificates: { ca: 'ca.pem', cert: 'c.pem', key: 'k.pem' },
};

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
    ['{ "port": 1,, }', /ws\.json:1:\d+/],
    [[], /Expected an object/],
  ])('%j is refused with its place', (content, text) => {
    expect(() => readWsJson(write('ws.json', content))).toThrow(text);
  });

  it('notes unknown keys, also those that are names of JavaScript', () => {
    const { notes } = readWsJson(write('ws.json', '{ "frobnicate": 1, "__proto__": {}, "constructor": 2 }'));
    expect(notes).toHaveLength(3);
    expect(notes[0]).toContain('frobnicate: unknown key');
  });
});

const FREE = { protocol: 'raw', request_target: '/free' };
const ECHO = {
  auto_start: true,
  instances: 2,
  protocol: 'raw',
  request_target: '/echo',
  max_inbound_message_size: 512,
};

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
    ['x', /services .*Expected container/],
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

describe('planWs()', () => {
  it('serves the demo when nothing is configured', () => {
    const made = planWs(validateConfig({}).ws, {});
    expect(made.demo).toBe(true);
    expect(made.services.map((s) => s.name)).toEqual(['echo', 'echo_lapps', 'time_broadcast']);
    expect(made.listen).toEqual(['127.0.0.1:5083']);
    expect(made.server.tls).toBeUndefined();
  });

  it('finds files and applications under LAPPS_HOME, from a flag or the environment', () => {
    write('ws.json', { ...HEAD_WS, port: 9 });
    write('lapps.json', { services: { echo: ECHO, clock: { standalone: true } } });
    const files = [app('echo'), app('clock', 'py')];
    for (const made of [plan(), planWs(validateConfig({}).ws, { LAPPS_HOME: home })]) {
      expect(made.listen).toEqual(['0.0.0.0:9']);
      expect(made.services.map((s) => s.file)).toEqual(files);
      expect(made.services[0].searchPath).toEqual([join(home, 'apps', 'clock'), join(home, 'apps', 'echo')]);
      expect(made.appsDir).toBe(`${join(home, 'apps')}/`);
      expect(made.demo).toBe(false);
    }
  });

  it('lets the native section say the same, and wins over ws.json', () => {
    write('ws.json', { ...HEAD_WS, port: 9 });
    const made = plan({
      listen: ['127.0.0.1:7'],
      services: { s: { file: 's.lua', protocol: 'raw', requestTarget: '/s' } },
    });
    expect(made.listen).toEqual(['127.0.0.1:7']);
    // The default's own address, too, where somebody said it.
    expect(plan({ listen: ['127.0.0.1:5083'] }).listen).toEqual(['127.0.0.1:5083']);
    expect(plan().listen).toEqual(['0.0.0.0:9']);
    expect(made.services).toMatchObject([{ name: 's', file: 's.lua', instances: 1 }]);
  });

  it('keeps a limit the configuration sets whatever ws.json says', () => {
    write('ws.json', HEAD_WS);
    expect(plan({ limits: { maxConnections: 5 } }).server.limits?.maxConnections).toBe(5);
    write('ws.json', { ...HEAD_WS, workers: { max_connections: 7 } });
    expect(plan().server.limits?.maxConnections).toBe(7);
  });

  it('lets a limit win over ws.json that the configuration sets to its default', () => {
    write('ws.json', { workers: { max_connections: 7 }, max_inbound_message_size: 9 });
    write('lapps.json', { services: { echo: { ...ECHO, max_inbound_message_size: 5 }, free: FREE } });
    app('echo');
    app('free');
    const { maxConnections, maxMessageBytes } = DEFAULT_SERVER_LIMITS;
    const limitsAndSizes = (ws: object = {}) => {
      const { server, services } = plan(ws);
      return [server.limits, services.map((service) => service.maxMessageBytes)];
    };
    expect(limitsAndSizes()).toMatchObject([{ maxConnections: 7, maxMessageBytes: 9 }, [5, 9]]);
    expect(limitsAndSizes({ limits: { maxConnections, maxMessageBytes } })).toMatchObject([
      { maxConnections, maxMessageBytes },
      [5, maxMessageBytes],
    ]);
    const native = { s: { file: 's.lua', protocol: 'raw', requestTarget: '/s' } };
    expect(limitsAndSizes({ services: native })[1]).toEqual([5, 9, 9]);
  });

  it('lets TLS and the access list of the configuration win over those of ws.json', async () => {
    write('ws.json', { tls: true, acl: { policy: 'deny', exclude: ['10.0.0.1'] } });
    const tls = await makeCertificate({ folder: home, hosts: ['localhost'], days: 1, overwrite: false });
    const acl = { policy: 'allow', exclude: [] };
    expect(plan({ tls, acl }).server).toMatchObject({ acl, tls: { cert: readFileSync(tls.cert) } });
  });

  it('says which file of TLS holds something else', async () => {
    const request = { hosts: ['localhost'], days: 1, overwrite: false };
    const { cert, key } = await makeCertificate({ ...request, folder: home });
    const other = await makeCertificate({ ...request, folder: join(home, 'other') });
    const garbage = join(home, 'garbage');
    writeFileSync(garbage, 'garbage');
    const faultOf = (tls: object) => () => plan({ tls });
    expect(faultOf({ cert: garbage, key })).toThrow(`ws.tls.cert: there is no certificate in ${garbage} (`);
    expect(faultOf({ cert: key, key })).toThrow(`ws.tls.cert: there is no certificate in ${key} (`);
    expect(faultOf({ cert, key: garbage })).toThrow(`ws.tls.key: there is no private key without a passphrase in`);
    expect(faultOf({ cert, key, ca: garbage })).toThrow(`ws.tls.ca: there is no certificate in ${garbage} (`);
    expect(faultOf({ cert, key: other.key })).toThrow(
      `ws.tls.key: the key in ${other.key} does not belong to the certificate in ${cert}`,
    );
    write('ws.json', { tls: true, tls_certificates: { cert: garbage, key } });
    expect(() => plan()).toThrow(`ws.json: tls_certificates.cert: there is no certificate in ${garbage} (`);
    expect(() => plan()).toThrow('make a development pair with: offload cert');
  });

  it('compresses services of lapps.json and the demo when the configuration says so', () => {
    write('lapps.json', { services: { echo: ECHO } });
    app('echo');
    expect(plan({ perMessageDeflate: true }).services).toMatchObject([{ perMessageDeflate: true }]);
    expect(plan().services).toMatchObject([{ perMessageDeflate: false }]);
    const demo = planWs(validateConfig({ ws: { perMessageDeflate: true } }).ws, {}).services;
    expect(demo.every((service) => service.perMessageDeflate)).toBe(true);
  });

  it('says that a home has no lapps.json', () => {
    const missing = join(home, 'etc', 'conf', 'lapps.json');
    expect(plan().notes).toEqual([`There is no ${missing}: no services are read from ${home}`]);
    expect(planWs(validateConfig({}).ws, { LAPPS_HOME: home }).notes[0]).toContain(missing);
    write('lapps.json', { services: {} });
    expect(plan().notes).toEqual([]);
  });

  it('searches the folders of LUA_PATH first and notes what it cannot follow', () => {
    write('lapps.json', { services: { echo: ECHO } });
    app('echo');
    const made = plan({}, { LUA_PATH: '/lib/?.lua;/x/?/init.lua;' });
    expect(made.services[0].searchPath?.[0]).toBe('/lib');
    expect(made.notes).toEqual(['LUA_PATH: /x/?/init.lua: without effect, only FOLDER/?.lua is searched']);
  });

  it('names the command that makes certificates when TLS has none', () => {
    write('ws.json', { tls: true });
    expect(() => plan()).toThrow('make a development pair with: offload cert');
    write('ws.json', { tls: true, tls_certificates: { cert: join(home, 'no.pem'), key: join(home, 'no.pem') } });
    expect(() => plan()).toThrow(/no\.pem.*offload cert/);
  });

  it('serves no TLS when a ws.json names no certificates and does not ask for it', () => {
    write('ws.json', { port: 1 });
    expect(plan().server.tls).toBeUndefined();
    expect(plan().notes.at(-1)).toContain('serving without TLS');
  });

  it('names the file it misses', () => {
    write('lapps.json', { services: { gone: ECHO } });
    expect(() => plan()).toThrow(/services\.gone .*lapps\.json\): There is no .*gone\.lua/);
    expect(() => planWs(validateConfig({ ws: { lappsHome: join(home, 'none') } }).ws, {})).toThrow(
      'There is no folder',
    );
  });
});
