import type { Argv } from 'yargs';
import { addConfigFlags, flagOf, flagsToConfig } from '../config-flags.js';
import type { LoadedConfig } from '../config-sources.js';
import type { Context } from '../context.js';
import { OffloadError } from '../errors.js';

/** Flags of every command that takes a configuration. */
export interface ConfigCommandFlags {
  readonly config: string | undefined;
  readonly port: string | undefined;
  readonly debug: boolean | undefined;
}

/** Adds the flags of the configuration and the two short forms that stand for several keys. */
export function addConfigCommandFlags(yargs: Argv): Argv<ConfigCommandFlags> {
  return addConfigFlags(
    yargs
      .option('port', {
        alias: 'p',
        type: 'string',
        requiresArg: true,
        describe: 'PORT  Listen on 127.0.0.1:PORT; short for --spop-listen, or for --ws-listen where only --ws is said',
      })
      .option('debug', { alias: 'd', type: 'boolean', describe: 'Debug log, scripts inline' }),
  ) as unknown as Argv<ConfigCommandFlags>;
}

/** Frontends that `--NAME` switches on: one named means that the others are off unless they are named too. */
const FRONTENDS = ['spop', 'ws'] as const;

/** The configuration a command line asks for, from all sources. */
export async function loadCommandConfig(flags: object, context: Context): Promise<LoadedConfig> {
  const { loadConfig } = await import('../config-sources.js');
  const argv = flags as Record<string, unknown>;
  return loadConfig({ flags: rawFlags(argv), flagOf, env: context.env, file: lastText(argv.config) });
}

function rawFlags(argv: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const raw: Record<string, unknown> = flagsToConfig(argv);
  if (argv.debug === true) {
    raw.inline ??= true;
    raw.log = { level: 'debug', ...(raw.log as object | undefined) };
  }
  const port = lastText(argv.port);
  if (port !== undefined && !(/^\d+$/.test(port) && Number(port) <= 65_535)) {
    throw new OffloadError(
      'OFFLOAD_ERR_USAGE',
      `Expected a port from 0 to 65535 after -p, got ${JSON.stringify(port)}`,
    );
  }
  const named = argv.ws === true && argv.spop !== true ? 'ws' : 'spop';
  const section = (raw[named] ?? {}) as { listen?: string[] };
  if (port !== undefined) raw[named] = { ...section, listen: [`127.0.0.1:${port}`, ...(section.listen ?? [])] };
  if (FRONTENDS.some((name) => argv[name] === true)) {
    for (const name of FRONTENDS) raw[name] = { enabled: false, ...(raw[name] as object | undefined) };
  }
  return raw;
}

/** A flag that was given twice is an array: the last one counts. */
export function lastText(value: unknown): string | undefined {
  const last: unknown = Array.isArray(value) ? value.at(-1) : value;
  return last === undefined ? undefined : String(last);
}
