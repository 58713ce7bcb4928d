import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decodeMessage, encodeRequest, encodeResult, LAPPS_CODEC_ERROR_CODES } from '../src/index.js';

const root = new URL('..', import.meta.url);
const readme = readFileSync(new URL('README.md', root), 'utf8');

describe('README', () => {
  it('README lists exactly the error codes', () => {
    const listed = [...readme.matchAll(/^\| `(LAPPS_ERR_[A-Z0-9_]+)` /gm)].map((match) => match[1]);
    expect(listed.toSorted()).toEqual([...LAPPS_CODEC_ERROR_CODES].toSorted());
  });

  it('README example holds', () => {
    const message = decodeMessage(encodeRequest('login', [{ user: 'admin' }]));
    expect([message.type, message.method]).toEqual([4, 'login']);
    const [credentials] = message.params as [Map<string, unknown>];
    expect(credentials.get('user')).toBe('admin');
    expect(encodeResult([{ authkey: 7 }])).toBeInstanceOf(Uint8Array);
  });
});

describe('browsers', () => {
  it.each(readdirSync(new URL('src', root)))('src/%s uses nothing of Node', (name) => {
    const source = readFileSync(new URL(`src/${name}`, root), 'utf8');
    const code = source.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
    expect(code).not.toMatch(/node:|\bBuffer\b|\bprocess\b|\brequire\(/);
  });
});
