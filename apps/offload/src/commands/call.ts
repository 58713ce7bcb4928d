import type { Argv } from 'yargs';
import type { Command } from '../command.js';
import { OffloadError } from '../errors.js';
import { jsonParams } from '../json-params.js';
import { whyUnreadable } from '../why-unreadable.js';
import { lastText } from './common.js';

interface CallFlags {
  readonly url: string;
  readonly method: string;
  readonly params: string | undefined;
  readonly cid: string | undefined;
  readonly listen: boolean | undefined;
  readonly json: boolean | undefined;
  readonly timeout: string | undefined;
  readonly insecure: boolean | undefined;
  readonly ca: string | undefined;
}

const DEFAULT_TIMEOUT_MS = 5000;

/** `offload call`: plays the browser for one call. */
export const call: Command<CallFlags> = {
  command: 'call <url> <method> [params]',
  describe: 'Call a method of a LAppS service and print its result',
  examples: [
    [`$0 call ws://127.0.0.1:5083/echo_lapps login '[{"user":"admin","password":"admin"}]'`, 'A request; its result'],
    ['$0 call ws://127.0.0.1:5083/live watch --cid 8', 'A notification; the first message on channel 8'],
    ['$0 call ws://127.0.0.1:5083/live watch --cid 8 --listen', 'The same; then all that comes'],
  ],
  builder: (yargs) =>
    yargs
      .positional('url', {
        type: 'string',
        demandOption: true,
        describe: 'ws://HOST:PORT/PATH of the service, or wss:',
      })
      .positional('method', { type: 'string', demandOption: true, describe: 'Name of the method' })
      .positional('params', { type: 'string', describe: 'Its parameters, a JSON array', defaultDescription: 'none' })
      .option('cid', {
        type: 'string',
        requiresArg: true,
        describe:
          'N  Send a notification on channel N instead of a request; print what comes there first, if anything does',
      })
      .option('listen', { type: 'boolean', describe: 'Stay and print what comes on any channel, until Ctrl-C' })
      .option('json', { type: 'boolean', describe: 'Print messages as JSON, one a line' })
      .option('timeout', {
        type: 'string',
        requiresArg: true,
        describe: 'MS  Longest time until the connection, and until the answer, in milliseconds',
        defaultDescription: String(DEFAULT_TIMEOUT_MS),
      })
      .option('ca', { type: 'string', requiresArg: true, describe: 'FILE  Trust the certificates in this PEM file' })
      .option('insecure', { type: 'boolean', describe: 'Trust any certificate' }) as unknown as Argv<CallFlags>,

  async run(flags, context) {
    const { callService } = await import('../call-service.js');
    const ca = lastText(flags.ca);
    await callService(
      {
        to: {
          url: checkedUrl(flags.url),
          insecure: flags.insecure === true,
          ...(ca === undefined ? {} : { ca: await pemFile(ca) }),
        },
        method: flags.method,
        params: flags.params === undefined ? [] : jsonParams(flags.params),
        ...(flags.cid === undefined ? {} : { cid: wholeNumber('--cid', lastText(flags.cid), 0, 2 ** 53 - 1) }),
        listen: flags.listen === true,
        json: flags.json === true,
        timeoutMs: wholeNumber('--timeout', lastText(flags.timeout) ?? String(DEFAULT_TIMEOUT_MS), 1, 3_600_000),
      },
      context,
    );
    return 0;
  },
};

function usage(message: string): OffloadError {
  return new OffloadError('OFFLOAD_ERR_USAGE', message);
}

function checkedUrl(text: string): string {
  const scheme = URL.canParse(text) ? new URL(text).protocol : '';
  if (/^wss?(\+unix)?:$/.test(scheme)) return text;
  throw usage(`Expected ws://HOST:PORT/PATH or wss://HOST:PORT/PATH, got "${text}"`);
}

function wholeNumber(flag: string, text: string | undefined, least: number, most: number): number {
  const number = /^\d+$/.test(text ?? '') ? Number(text) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw usage(`Expected a whole number from ${least} to ${most} after ${flag}, got "${text}"`);
}

async function pemFile(path: string): Promise<string> {
  const { readFile } = await import('node:fs/promises');
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw usage(`Cannot read the file after --ca: ${whyUnreadable(error)}`);
  }
}
