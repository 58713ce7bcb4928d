import { expect } from 'vitest';
import { type House, type HouseOptions, startHouse } from './house.js';

const SHOW = `
local function show(value)
  if type(value) == "string" then return (string.format("%q", value):gsub("\\\\\\n", "\\\\n")) end
  return tostring(value)
end
local function results(ok, ...)
  local texts = {}
  for i = 1, select("#", ...) do texts[i] = show((select(i, ...))) end
  return (ok and "" or "error ") .. table.concat(texts, ", ")
end
`;

/**
 * Runs chunks of Lua (bodies of functions) one after the other in one state, and gives the results of each as text:
 * strings quoted, `error` in front of the text of an error.
 */
export async function evaluate(
  chunks: readonly string[],
  options: Partial<HouseOptions> = {},
): Promise<{ readonly house: House; readonly results: string[] }> {
  const source = chunks.map((chunk, i) => `print("#${i} " .. results(pcall(function() ${chunk}\nend)))`).join('\n');
  const house = await startHouse({ services: {}, scripts: { test: SHOW + source }, ...options });
  const results = house
    .printed()
    .filter((line) => /^#\d+ /.test(line))
    .map((line) => line.replace(/^#\d+ /, ''));
  return { house, results };
}

/** Checks what each chunk gives. Expected texts of errors may leave out their beginning. */
export async function expectResults(cases: readonly (readonly [string, string])[]): Promise<void> {
  const { results } = await evaluate(cases.map(([chunk]) => chunk));
  const seen = results.map((result, i) => {
    const [chunk, wanted] = cases[i] as readonly [string, string];
    const wantedError = wanted.replace(/^error /, '');
    const matches = wanted.startsWith('error ') && result.startsWith('error ') && result.includes(wantedError);
    return [chunk, matches ? wanted : result];
  });
  expect(seen).toEqual(cases);
}
