import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Config } from './config.js';
import { formatSocketAddress } from './listen-address.js';
import type { Running, RunningWs } from './ready-text.js';
import { findInPath, selfCommand, shellQuoted } from './self-command.js';
import { httpUrl, reachable, wsUrl } from './ws-url.js';

const PACKAGE = dirname(dirname(fileURLToPath(import.meta.url)));

/** The script served when none is named; it ships with the program. */
export const QUICK_START_SCRIPT = join(PACKAGE, 'scripts', 'quick-start.lua');

/** In a clone of the repository; it does not ship with the package. */
const HAPROXY_CONFIG = join(PACKAGE, '..', '..', 'configs', 'haproxy', 'haproxy.cfg');

/** Arguments that make sense for the messages of the quick-start script. */
const QUICK_START_ARGUMENTS = 'src=ipv4:192.0.2.7 path=str:/';

/** The login of the demo service `echo_lapps`. */
const DEMO_CALL = `login '[{"user":"admin","password":"admin"}]'`;

/** Where the program runs, as far as the next command depends on it. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
}

/** The configuration with the quick-start script where it names none, nor services that could answer HAProxy as well. */
export function withQuickStart(config: Config, ws?: { readonly demo: boolean }): Config {
  const isNeeded = config.spop.enabled && config.scripts.length === 0 && ws?.demo !== false;
  return isNeeded ? { ...config, scripts: [{ file: QUICK_START_SCRIPT }] } : config;
}

/** The exact next commands for whatever is served. */
export function nextCommands(running: Running, { env, cwd }: Surroundings): string[] {
  const self = selfCommand(env, cwd, join(PACKAGE, 'dist', 'main.js'));
  const pair = findInPath('haproxy', env) ? haproxyPair(running, cwd) : [];
  const spop = pair.length > 0 ? pair : notifyCommand(running, self);
  const commands = [...spop, ...(running.ws === undefined ? [] : wsCommands(running.ws, self))];
  return commands.length > 0 ? commands : [`${self} --help`];
}

/** Our own test client, where HAProxy or a configuration that looks for this agent is not there. */
function notifyCommand(running: Running, self: string): string[] {
  const [address] = running.spop;
  const [message] = running.messages;
  if (address === undefined || message === undefined) return [];
  const to = formatSocketAddress(address);
  const option = to === '127.0.0.1:12345' ? '' : ` --to ${shellQuoted(to)}`;
  const args = isQuickStart(running) ? ` ${QUICK_START_ARGUMENTS}` : '';
  const name = shellQuoted(Buffer.from(message.name, 'latin1').toString());
  return [`${self} notify${option} ${name}${args}`];
}

/** A call of the first LAppS service, and the page of a folder of files. Only of the demo it is known what to call. */
function wsCommands(ws: RunningWs, self: string): string[] {
  const [bound] = ws.listening;
  if (bound === undefined) return [];
  const address = reachable(bound);
  const service = ws.services.find(({ kind }) => kind === 'LAppS');
  const insecure = ws.tls ? ' --insecure' : '';
  const call = ws.demo ? DEMO_CALL : "METHOD '[]'";
  return [
    ...(service === undefined
      ? []
      : [`${self} call${insecure} ${shellQuoted(wsUrl(ws, address, service.target))} ${call}`]),
    ...(ws.static === undefined ? [] : [`open ${httpUrl(ws, address)} in a browser`]),
  ];
}

function isQuickStart({ scripts }: Running): boolean {
  return scripts.length === 1 && scripts[0] === QUICK_START_SCRIPT;
}

/** Only in a clone of the repository, for the script the configuration is written for. */
function haproxyPair(running: Running, cwd: string): string[] {
  if (!isQuickStart(running) || !existsSync(HAPROXY_CONFIG)) return [];
  const text = readFileSync(HAPROXY_CONFIG, 'utf8');
  const bind = /^\s*bind\s+(?:\*|127\.0\.0\.1)?:(\d+)/m.exec(text)?.[1];
  const known = running.spop.some((address) => text.includes(formatSocketAddress(address)));
  if (bind === undefined || !known) return [];
  return [`haproxy -db -f ${shellQuoted(relative(cwd, HAPROXY_CONFIG))}`, `curl -i http://127.0.0.1:${bind}/`];
}
