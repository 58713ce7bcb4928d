/** Runs a driver over a file of cases, one a line, on both engines and compares the answers, one a line. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { requireEngines, runOurs, runReference } from './engines.mjs';

/**
 * @param name what is compared, for the report
 * @param driver file name under `drivers/`
 * @param cases `{ line, about }` for each case
 * @returns the number of differing cases; the first `show` are printed
 */
export function compareCases(name, driver, cases, { seed, show, reference = 'luajit' }) {
  requireEngines(reference);
  const directory = mkdtempSync(join(tmpdir(), 'lua-differential-'));
  try {
    const path = join(directory, 'cases');
    writeFileSync(path, cases.map(({ line }) => `${line}\n`).join(''), 'latin1');
    const script = fileURLToPath(new URL(`../drivers/${driver}`, import.meta.url));
    const expected = runReference([script, path], {}, reference);
    if (expected.status !== 0) throw new Error(`the reference stopped: ${expected.stderr}`);
    const found = runOurs([script, path]);
    const left = expected.stdout.split('\n');
    const right = found.stdout.split('\n');
    let differing = 0;
    cases.forEach(({ about }, index) => {
      if (left[index] === right[index] || differing++ >= show) return;
      process.stdout.write(`${about}\n  ${reference}: ${left[index]}\n  offload: ${right[index] ?? found.stderr}\n`);
    });
    process.stdout.write(`${cases.length} cases of ${name}, seed ${seed}: ${differing} differ\n`);
    return differing;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Bytes as hexadecimal. */
export function hex(text) {
  return Buffer.from(text, 'latin1').toString('hex');
}
