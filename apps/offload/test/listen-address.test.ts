import { describe, expect, test } from 'vitest';
import { formatSocketAddress, parseSocketAddress } from '../src/listen-address.js';

describe('parseSocketAddress()', () => {
  test.each([
    ['127.0.0.1:12345', { host: '127.0.0.1', port: 12345 }],
    ['localhost:0', { host: 'localhost', port: 0 }],
    ['[::1]:80', { host: '::1', port: 80 }],
    ['0.0.0.0:65535', { host: '0.0.0.0', port: 65_535 }],
    ['unix:/run/a:b.sock', { path: '/run/a:b.sock' }],
    ['unix:a.sock', { path: 'a.sock' }],
  ])('parseSocketAddress() reads %s, and formatSocketAddress() writes it back', (text, address) => {
    expect(parseSocketAddress(text)).toEqual(address);
    expect(formatSocketAddress(address)).toBe(text);
  });

  test.each([
    ['12345', 'Expected HOST:PORT'],
    ['', 'Expected HOST:PORT'],
    ['host:', 'Expected HOST:PORT'],
    ['host:port', 'Expected HOST:PORT'],
    ['::1:80', 'Expected HOST:PORT'],
    ['[127.0.0.1]:80', 'Expected an IPv6 address in []'],
    [':80', 'Expected a host'],
    ['host:65536', 'Expected a port from 0 to 65535'],
    ['unix:', 'Expected a path'],
  ])('parseSocketAddress() says what is wrong with "%s"', (text, fault) => {
    expect(parseSocketAddress(text)).toMatch(fault);
  });
});
