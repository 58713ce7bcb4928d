import { describe, expect, test } from 'vitest';
import { languageOf, parseScriptSpec } from '../src/engines.js';

describe('parseScriptSpec()', () => {
  test('parseScriptSpec() takes the name of an engine in front of the path', () => {
    expect(parseScriptSpec('fengari:a/b.lua')).toEqual({ file: 'a/b.lua', engine: 'fengari' });
  });

  test.each(['a.lua', './fengari:a.lua', 'C:/scripts/a.lua', 'toString:a.lua'])(
    'parseScriptSpec() takes "%s" as a path',
    (text) => {
      expect(parseScriptSpec(text)).toEqual({ file: text });
    },
  );
});

describe('languageOf()', () => {
  test('languageOf() goes by the engine, then by the extension in any case', () => {
    expect(languageOf({ file: 'script', engine: 'fengari' })).toBe('lua');
    expect(languageOf({ file: 'A.LUA' })).toBe('lua');
    expect(languageOf({ file: 'a.luac' })).toBe('lua');
    expect(languageOf({ file: 'a.py' })).toBe('python');
    expect(languageOf({ file: 'a.lua', engine: 'cpython' })).toBe('python');
    expect(languageOf({ file: 'a.txt' })).toBeUndefined();
  });
});
