import { describe, expect, it } from 'vitest';
import { evaluate, expectResults } from './support/lua.js';

describe('murmur', () => {
  // What g++ prints for std::hash<std::string> on x86-64.
  const known: [string, string][] = [
    ['', '553e93901e462a6e'],
    ['a', '454ddee488c1ed6b'],
    ['abc', '32d82bf8ed3dba39'],
    ['1234567', '6d7a4e79e8a2cbf6'],
    ['12345678', '8c5b90a33a04dca5'],
    ['123456789', 'aaeb28d3d5f165c0'],
    ['hello world, this is longer than sixteen', 'd01155b79f7f9954'],
    ['\\255\\128', 'c83f9e37e11168c7'],
  ];
  it('murmur.hashstr() is std::hash of libstdc++, in 16 hex digits and a NUL', () =>
    expectResults(
      known.map(([text, hash]) => [`local h = murmur.hashstr("${text}") return #h, h:sub(1, 16)`, `17, "${hash}"`]),
    ));

  it('murmur.hashnum() is the number as an unsigned integer', () =>
    expectResults([
      ['return murmur.hashnum(5), murmur.hashnum("7"), murmur.hashnum(2.9)', '5, 7, 2'],
      ['return murmur.hashnum(-1) == 2^64', 'true'],
      // A number is hashed as the text Lua makes of it.
      ['return murmur.hashstr(0.1 + 0.2) == murmur.hashstr("0.3")', 'true'],
      ['return murmur.hashstr(1e15) == murmur.hashstr("1e+15")', 'true'],
      ['return murmur.hashnum({})', "error bad argument #1 to 'hashnum' (number expected, got table)"],
      ['return murmur.hashstr(nil)', "error bad argument #1 to 'hashstr' (string expected, got nil)"],
    ]));
});

describe('time', () => {
  it('time.now() is milliseconds since the epoch', () =>
    expectResults([['return math.abs(time.now() / 1000 - os.time()) < 2', 'true']]));
});

describe('nap', () => {
  it('nap sleeps at least as long as it is asked to, in three units', () =>
    expectResults([
      ['local n = nap:new() local t = time.now() n:sleep(0.02) return time.now() - t >= 19', 'true'],
      ['local n = nap:new() local t = time.now() n:usleep(20000) return time.now() - t >= 19', 'true'],
      ['local n = nap:new() local t = time.now() n:nsleep(20000000) return time.now() - t >= 19', 'true'],
      ['return nap:new():usleep(0)', ''],
      ['return nap:new():sleep()', '"Usage: nap:sleep(duration)"'],
      ['return nap:new().sleep(0, 0)', "error calling 'sleep' on bad self (nap expected, got number)"],
      ['return nap:new():sleep()', '"Usage: nap:sleep(duration)"'],
      ['return nap:new():sleep({})', "error bad argument #1 to 'sleep' (number expected, got table)"],
    ]));
});

describe('pam_auth', () => {
  it('pam_auth:login() is false without a back end, and the log says so once', async () => {
    const { house, results } = await evaluate([
      'return pam_auth:login("s", "u", "p")',
      'return pam_auth:login("s", "u", "p")',
      'return pam_auth:login("s", "u")',
      'return pam_auth:login("s", "u", "")',
    ]);
    expect(results).toEqual([
      'false',
      'false',
      'false, "Usage: pam_auth:login(service, user, password)"',
      'false, "service, user and password must be strings that are not empty"',
    ]);
    expect(house.log.filter(({ message }) => message.includes('no back end'))).toHaveLength(1);
  });

  it('pam_auth:login() asks the back end it is given', async () => {
    const { results } = await evaluate(
      ['return pam_auth:login("s", "\\195\\188", "p")', 'return pam_auth:login("s", "u", "p")'],
      { server: { verifyLogin: async ({ user }) => user === 'ü' } },
    );
    expect(results).toEqual(['true', 'false']);
  });
});

describe('offload', () => {
  it('must_stop() and instance_id are globals everywhere', () =>
    expectResults([
      ['return must_stop(), type(instance_id), instance_id:match("^%d+$") ~= nil', 'false, "string", true'],
      ['return require("nljson") == nljson, require("ws") == ws, require("cws") == cws', 'true, true, true'],
    ]));
});
