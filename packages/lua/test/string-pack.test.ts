import { describe, expect, it } from 'vitest';
import { linesOf } from './support/run-lua.js';

describe('string.pack()', () => {
  it('string.pack() and string.unpack() carry 64-bit integers without rounding', () => {
    const lines = linesOf(`
      local packed = "\\1\\0\\0\\0\\0\\0\\0\\128"
      local n = string.unpack("<i8", packed)
      print(n, string.pack("<i8", n) == packed, math.type(n), n == -2^63)
      print(string.unpack("<i8", ("\\255"):rep(8)), string.unpack("<I4", ("\\255"):rep(4)))
    `);
    expect(lines).toEqual(['-9223372036854775807\ttrue\tinteger\tfalse', '-1\t4294967295\t5']);
  });

  it('string.pack() aligns as asked by ! and pads with zeros', () => {
    const [line] = linesOf('print((string.pack("<!4 i1 i4", 1, 2):gsub(".", function(c) return c:byte() .. " " end)))');
    expect(line).toBe('1 0 0 0 2 0 0 0 ');
  });

  it('string.unpack() refuses lengths that the data does not have', () => {
    const [line] = linesOf(
      'print(select(2, pcall(function() return (string.unpack("s4", "\\255\\255\\255\\127x")) end)))',
    );
    expect(line).toBe("test:1: bad argument #2 to 'unpack' (data string too short)");
  });
});

describe('utf8', () => {
  it('utf8.charpattern goes through the characters of a text', () => {
    const source =
      'local n = 0 for c in ("a\\195\\164\\226\\130\\172\\0"):gmatch(utf8.charpattern) do n = n + 1 end print(n)';
    expect(linesOf(source)).toEqual(['4']);
  });

  it('utf8.len() tells where the text stops being UTF-8', () => {
    expect(linesOf('print(utf8.len("ab\\255c")) print(utf8.len("\\237\\160\\128"))')).toEqual(['nil\t3', '1']);
  });
});
