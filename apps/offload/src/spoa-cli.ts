import yargs, { type Argv } from 'yargs';
import { type Outcome, packageVersion, withManners } from './cli.js';
import type { Context } from './context.js';
import { OffloadError } from './errors.js';

/** The defaults of HAProxy's spoa-server. */
const DEFAULT_PORT = '12345';
const DEFAULT_WORKERS = '5';

/** Flags of the C server by the key of the configuration they set, for messages. */
const FLAG_OF: Readonly<Record<string, string>> = { 'spop.listen': '-p', workers: '-n', scripts: '-f' };

/** Makes the parser of `spoa`: the flags of HAProxy's spoa-server, and no others. */
export function buildSpoaCli(context: Context, outcome: Outcome): Argv {
  const cli = yargs()
    .scriptName('spoa')
    .usage("$0 [-h] [-d] [-p PORT] [-n WORKERS] -f FILE...\n\nAn SPOE agent with the flags of HAProxy's spoa-server.")
    .version(packageVersion())
    .command({
      command: '$0',
      describe: false,
      builder: (argv) =>
        argv
          .option('d', { type: 'boolean', describe: 'Debug: debug log, scripts in the main thread' })
          .option('p', { type: 'string', requiresArg: true, describe: 'Port', defaultDescription: DEFAULT_PORT })
          .option('n', { type: 'string', requiresArg: true, describe: 'Workers', defaultDescription: DEFAULT_WORKERS })
          .option('f', { type: 'string', requiresArg: true, describe: 'File with the processing code; repeatable' })
          .example('$0 -f ps_lua.lua', 'One script on 127.0.0.1:12345 in 5 workers')
          .example('$0 -p 9000 -n 2 -f a.lua -f b.lua', 'Two scripts on 127.0.0.1:9000 in 2 workers'),
      handler: async (argv) => {
        outcome.exitCode = await run(argv as Readonly<Record<string, unknown>>, context);
      },
    })
    .epilogue(
      'Listens on 127.0.0.1 only; the C server listened on all addresses. To be reached from other machines:\n' +
        'offload serve --spop --spop-listen 0.0.0.0:12345 -f FILE. Exit codes: 0 ok, 1 fault, 2 wrong usage.',
    );
  return withManners(cli);
}

async function run(argv: Readonly<Record<string, unknown>>, context: Context): Promise<number> {
  const files = listOf(argv.f);
  if (files.length === 0) throw new OffloadError('OFFLOAD_ERR_USAGE', 'No script: say -f FILE');
  const port = listOf(argv.p).at(-1) ?? DEFAULT_PORT;
  if (!/^\d+$/.test(port) || Number(port) < 1) throw new OffloadError('OFFLOAD_ERR_USAGE', `Invalid port '${port}'`);
  const workers = listOf(argv.n).at(-1) ?? DEFAULT_WORKERS;
  if (!/^\d+$/.test(workers) || Number(workers) < 1) {
    throw new OffloadError('OFFLOAD_ERR_USAGE', `Invalid number of workers '${workers}'`);
  }
  const flags = {
    spop: { enabled: true, listen: [`127.0.0.1:${port}`] },
    workers: Number(workers),
    scripts: files,
    ...(argv.d === true ? { inline: true, log: { level: 'debug' } } : {}),
  };
  const [{ runServer }, { loadConfig }] = await Promise.all([import('./run-server.js'), import('./config-sources.js')]);
  const flagOf = (path: string): string => FLAG_OF[path] ?? path;
  return runServer(loadConfig({ flags, flagOf, env: context.env, file: undefined }), context);
}

function listOf(value: unknown): string[] {
  return value === undefined ? [] : Array.isArray(value) ? value.map(String) : [String(value)];
}
