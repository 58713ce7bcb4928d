/** What HAProxy sends to the scripts in `e2e/scripts` and shows of what they set, whatever their language. */
import type { Haproxy } from './haproxy.js';
import { spoeConfig } from './spoe-config.js';

const scopes = ['proc', 'sess', 'txn', 'req', 'res'];
const sampleNames = ['null', 'boolean', 'int32', 'uint32', 'int64', 'uint64', 'ipv4', 'ipv6', 'str', 'bin'];

/** What the response shows, a line each. */
const shown = {
  error: '%[var(txn.off.err)]',
  path: '%[var(txn.off.path)]',
  seen: '%[var(txn.off.seen)]',
  args: '%[var(txn.off.args)]',
  scopes: scopes.map((scope) => `${scope}=%[var(${scope}.off.s)]`).join(' '),
  sample: sampleNames.map((name) => `%[var(txn.off.${name})${name === 'bin' ? ',hex' : ''}]`).join(' '),
  score: '%[var(sess.off.ip_score)]',
} as const;

export type Shown = Record<keyof typeof shown, string>;

export const scriptFrontend = `
http-request send-spoe-group offload see
http-request send-spoe-group offload sample if { path /sample }
http-request return status 200 content-type text/plain lf-string "${Object.values(shown).join('\\n')}"`;

/** @param later a message with this name goes out with the second group, `case` in it */
export function scriptSpoe(later?: string): string {
  const sections = `
spoe-message check
    args case=path none=var(txn.never) yes=bool(true) no=bool(false) n=int(-1) big=int(9223372036854775807)
    args client=src six=ipv6(2001:db8::55) text=req.hdr(x-text) empty=str() bytes=bin(616263)
    event on-frontend-http-request
${later === undefined ? '' : `spoe-message ${later}\n    args case=path\n`}spoe-message see
    args value=var(txn.off.value)
spoe-message check-client-ip
    args always_true=int(1234) src=src six=ipv6(::55) req.fhdr(host)
spoe-group see
    messages ${later ?? ''} see
spoe-group sample
    messages check-client-ip`;
  return spoeConfig({ groups: 'see sample', sections });
}

/** Asks for a path, with a header that is not UTF-8; what the response shows. */
export async function askScripts(haproxy: Haproxy, path: string, from = '192.0.2.1'): Promise<Shown> {
  const { body } = await haproxy.request({ path, from, headers: { 'x-text': 'caf\xe9' } });
  const lines = body.split('\n');
  return Object.fromEntries(Object.keys(shown).map((key, index) => [key, lines[index] ?? ''])) as Shown;
}

/** The arguments of the first message as the script saw them, `TYPE:VALUE` by name. */
export function argumentsIn({ args }: Shown): Record<string, string> {
  return Object.fromEntries(args.split(';').map((pair) => pair.split('=', 2) as [string, string]));
}
