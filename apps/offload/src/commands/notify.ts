import type { Argv } from 'yargs';
import type { Command } from '../command.js';
import { OffloadError } from '../errors.js';
import { lastText } from './common.js';

interface NotifyFlags {
  readonly message: string;
  readonly args: readonly string[];
  readonly to: string | undefined;
  readonly timeout: string | undefined;
  readonly json: boolean | undefined;
}

const DEFAULT_ADDRESS = '127.0.0.1:12345';
const DEFAULT_TIMEOUT_MS = 5000;

/** `offload notify`: plays HAProxy for one message. */
export const notify: Command<NotifyFlags> = {
  command: 'notify <message> [args..]',
  describe: 'Send one message to an SPOE agent, as HAProxy would, and print the variables it sets',
  examples: [
    ['$0 notify check-client-ip src=ipv4:192.0.2.7', 'One argument; the answer as a table'],
    ['$0 notify --json --to unix:/run/spop.sock check "note=str:two words" n=int64:-1', 'Over a unix socket, as JSON'],
  ],
  builder: (yargs) =>
    yargs
      .positional('message', { type: 'string', demandOption: true, describe: 'Name of the message' })
      .positional('args', {
        type: 'string',
        array: true,
        default: [],
        defaultDescription: 'none',
        describe: 'name=type:value; types null bool int32 uint32 int64 uint64 ipv4 ipv6 str bin (hex)',
      })
      .option('to', {
        type: 'string',
        requiresArg: true,
        describe: 'ADDRESS  Agent at HOST:PORT, [IPV6]:PORT or unix:PATH',
        defaultDescription: DEFAULT_ADDRESS,
      })
      .option('timeout', {
        type: 'string',
        requiresArg: true,
        describe: 'MS  Longest time until the answer, in milliseconds',
        defaultDescription: String(DEFAULT_TIMEOUT_MS),
      })
      .option('json', { type: 'boolean', describe: 'Print JSON' }) as unknown as Argv<NotifyFlags>,

  async run(flags, context) {
    const [{ sendNotify }, { parseArgument }, { answerJson, answerTable }, { parseSocketAddress }] = await Promise.all([
      import('../notify-client.js'),
      import('../typed-text.js'),
      import('../notify-text.js'),
      import('../listen-address.js'),
    ]);
    const args = flags.args.map((text) => usable(parseArgument(text)));
    const to = usable(parseSocketAddress(lastText(flags.to) ?? DEFAULT_ADDRESS));
    const timeoutMs = Number(lastText(flags.timeout) ?? DEFAULT_TIMEOUT_MS);
    if (!Number.isInteger(timeoutMs) || timeoutMs < 1 || timeoutMs > 3_600_000) {
      throw new OffloadError('OFFLOAD_ERR_USAGE', `Expected 1 to 3600000 milliseconds after --timeout`);
    }
    const name = Buffer.from(flags.message).toString('latin1');
    const answer = await sendNotify({ to, timeoutMs, message: { name, args } });
    context.stdout(flags.json === true ? answerJson(flags.message, answer) : answerTable(flags.message, answer));
    return 0;
  },
};

/** The value, or an error of usage when the parser gave a sentence instead. */
function usable<T>(parsed: T | string): T {
  if (typeof parsed === 'string') throw new OffloadError('OFFLOAD_ERR_USAGE', parsed);
  return parsed;
}
