import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Config } from './config.js';
import { formatSocketAddress } from './listen-address.js';
import type { Running } from './ready-text.js';
import { findInPath, selfCommand, shellQuoted } from './self-command.js';

const PACKAGE = dirname(dirname(fileURLToPath(import.meta.url)));

/** The script served when none is named; it ships with the program. */
export const QUICK_START_SCRIPT = join(PACKAGE, 'scripts', 'quick-start.lua');

/** In a clone of the repository; it does not ship with the package. */
const HAPROXY_CONFIG = join(PACKAGE, '..', '..', 'configs', 'haproxy', 'haproxy.cfg');

/** Arguments that make sense for the messages of the quick-start script. */
const QUICK_START_ARGUMENTS = 'src=ipv4:192.0.2.7 path=str:/';

/** Where the program runs, as far as the next command depends on it. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
}

/** The configuration with the quick-start script where it names none. */
export function withQuickStart(config: Config): Config {
  return config.scripts.length > 0 ? config : { ...config, scripts: [{ file: QUICK_START_SCRIPT }] };
}

/**
 * The exact next commands: with HAProxy installed, the shipped configuration and a request, if the agent listens where
 * that configuration looks for it; else our own test client.
 */
export function nextCommands(running: Running, { env, cwd }: Surroundings): string[] {
  const pair = findInPath('haproxy', env) ? haproxyPair(running, cwd) : [];
  if (pair.length > 0) return pair;
  const self = selfCommand(env, cwd, join(PACKAGE, 'dist', 'main.js'));
  const [address] = running.spop;
  const [message] = running.messages;
  if (address === undefined || message === undefined) return [`${self} --help`];
  const to = formatSocketAddress(address);
  const option = to === '127.0.0.1:12345' ? '' : ` --to ${to}`;
  const args = isQuickStart(running) ? ` ${QUICK_START_ARGUMENTS}` : '';
  return [`${self} notify${option} ${message.name}${args}`];
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
