import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_SERVER_LIMITS } from '@offload/lapps-server';
import { describe, expect, it } from 'vitest';
import { makeCertificate } from '../src/certificate.js';
import { validateConfig } from '../src/config.js';
import { planWs } from '../src/lapps/plan.js';
import { app, ECHO, FREE, HEAD_WS, home, useLappsHome, write } from './support/lapps-home-files.js';

useLappsHome();

const plan = (ws: object = {}, env: Record<string, string> = {}) =>
  planWs(validateConfig({ ws: { lappsHome: home, ...ws } }).ws, env);

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

  it('looks for the applications of services that will be started, and of no others, as LAppS', () => {
    const later = { ...FREE, auto_start: false };
    const clock = { standalone: true, auto_start: false, depends: ['bell'] };
    write('lapps.json', { services: { echo: { ...ECHO, depends: ['clock'] }, later, clock, bell: later, gone: FREE } });
    app('echo');
    const faults = ['clock', 'bell', 'gone'].map((name) => ({
      path: `services.${name}`,
      message: `There is no ${join(home, 'apps', name, `${name}.lua`)}`,
    }));
    expect(() => plan()).toThrow(expect.objectContaining({ faults: faults.map((f) => expect.objectContaining(f)) }));
    for (const name of ['clock', 'bell', 'gone']) app(name);
    expect(plan().services.map(({ name }) => name)).toEqual(['echo', 'later', 'clock', 'bell', 'gone']);
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

  it('says which file the environment names in vain, and that an empty variable says nothing', () => {
    const notesOf = (env: Record<string, string>) => planWs(validateConfig({}).ws, env).notes;
    const folder = join(home, 'etc', 'conf');
    write('lapps.json', { services: {} });
    expect(notesOf({ LAPPS_HOME: home, WS_CONFIG: 'tls.json' })).toEqual([
      `There is no ${join(folder, 'tls.json')}: WS_CONFIG is without effect`,
    ]);
    expect(notesOf({ LAPPS_CONF_DIR: '/nowhere' })).toEqual([
      'There is no /nowhere/lapps.json: no services are read from /nowhere',
    ]);
    expect(notesOf({ LAPPS_CONFIG: 'mine.json' })[0]).toContain('LAPPS_CONFIG: without effect');
    expect(notesOf({ LAPPS_HOME: '', LAPPS_CONF_DIR: '', WS_CONFIG: '', LAPPS_CONFIG: '' })).toEqual([]);
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
