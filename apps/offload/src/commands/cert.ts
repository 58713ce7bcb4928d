import { isIP } from 'node:net';
import type { Argv } from 'yargs';
import type { Command } from '../command.js';
import { OffloadError } from '../errors.js';
import { lastText } from './common.js';

interface CertFlags {
  readonly out: string | undefined;
  readonly host: string | readonly string[] | undefined;
  readonly days: string | undefined;
  readonly force: boolean | undefined;
}

const DEFAULT_DAYS = 30;
/** A name of RFC 1123 2.1, `*` for its first label, or no name at all. */
const HOST_NAME = /^(?=.{1,253}$)(\*\.)?([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i;

const isHost = (text: string): boolean => isIP(text) !== 0 || HOST_NAME.test(text);

/** `offload cert`: a key and a certificate to develop with. */
export const cert: Command<CertFlags> = {
  command: 'cert',
  describe: 'Make a self-signed certificate and its key, for development',
  examples: [
    ['$0 cert', 'cert.pem and key.pem in this folder, for localhost, 30 days'],
    ['$0 cert --out tls --host dev.example.org --host 192.168.1.5', 'For other names and addresses'],
  ],
  builder: (yargs) =>
    yargs
      .option('out', {
        type: 'string',
        requiresArg: true,
        describe: 'DIR  Folder of the two files',
        defaultDescription: '.',
      })
      .option('host', {
        type: 'string',
        requiresArg: true,
        describe: 'NAME  Host name or address the certificate is good for; repeatable',
        defaultDescription: 'localhost 127.0.0.1 ::1',
      })
      .option('days', {
        type: 'string',
        requiresArg: true,
        describe: 'N  Days it is good for',
        defaultDescription: String(DEFAULT_DAYS),
      })
      .option('force', { type: 'boolean', describe: 'Overwrite files that are there' }) as unknown as Argv<CertFlags>,

  async run(flags, context) {
    const { makeCertificate } = await import('../certificate.js');
    const days = Number(lastText(flags.days) ?? DEFAULT_DAYS);
    if (!Number.isInteger(days) || days < 1 || days > 3650) {
      throw new OffloadError('OFFLOAD_ERR_USAGE', 'Expected 1 to 3650 days after --days');
    }
    const hosts = flags.host === undefined ? [] : [flags.host].flat();
    const wrong = hosts.find((host) => !isHost(host));
    if (wrong !== undefined) {
      const message = `Expected a host name or an address after --host, got ${JSON.stringify(wrong)}`;
      throw new OffloadError('OFFLOAD_ERR_USAGE', message);
    }
    const files = await makeCertificate({
      folder: lastText(flags.out) ?? '.',
      hosts: hosts.length === 0 ? ['localhost', '127.0.0.1', '::1'] : hosts,
      days,
      overwrite: flags.force === true,
    });
    context.stdout(
      `Certificate ${files.cert}\nKey         ${files.key}\nFor development only: browsers warn of it until told to trust it.\n` +
        `Use it in a config file:\n  ws:\n    tls: { cert: ${files.cert}, key: ${files.key} }\n`,
    );
    return 0;
  },
};
