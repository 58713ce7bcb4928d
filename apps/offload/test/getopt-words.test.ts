import { describe, expect, test } from 'vitest';
import { getoptWords } from '../src/getopt-words.js';

describe('getoptWords()', () => {
  test.each([
    ['-p 9000 -n 2 -f a.lua -d', '-p 9000 -n 2 -f a.lua -d'],
    ['-p9000 -n2 -fa.lua', '-p 9000 -n 2 -f a.lua'],
    ['-dp 9000 -fhd.lua', '-d -p 9000 -f hd.lua'],
    ['-dp9000 -dh', '-d -p 9000 -d -h'],
    ['-f -dp9000', '-f -dp9000'],
    ['--version --port 5 a.lua -x -dx -', '--version --port 5 a.lua -x -dx -'],
    ['-f', '-f'],
  ])('getoptWords() reads %s as %s', (line, words) => {
    expect(getoptWords(line.split(' '))).toEqual(words.split(' '));
  });
});
