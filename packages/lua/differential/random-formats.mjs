/**
 * Compares string.format, tostring and tonumber on random formats and values, faulty ones included.
 *
 *     node differential/random-formats.mjs [--count 100000] [--seed 1] [--show 10]
 */
import { compareCases, hex } from './lib/cases.mjs';
import { readOptions } from './lib/options.mjs';
import { Random } from './lib/random.mjs';

const NOTABLE = [
  '0',
  '-0',
  'inf',
  '-inf',
  'nan',
  '1e15',
  '1e16',
  '1e21',
  '1e22',
  '1e300',
  '5e-324',
  '2.2250738585072014e-308',
  '9007199254740992',
  '9223372036854775808',
  '-9223372036854775808',
  '18446744073709551616',
  '0.5',
  '1.5',
  '2.5',
  '0.125',
  '0.0005',
  '1e-5',
  '1e-4',
  '999999.5',
  '9999995',
  '99999.95',
  '0x1p-1074',
  '1e23',
  '0.1',
  '123456789012345',
];
const view = new DataView(new ArrayBuffer(8));

function number(random) {
  switch (random.below(10)) {
    case 0:
      return String(random.below(2000) - 1000);
    case 1:
      return String((random.next() - 0.5) * 2e10);
    case 2:
      return String(random.next());
    case 3:
      return random.pick(NOTABLE);
    case 4:
      return String(random.below(1e6) / 8);
    case 5:
      return String(random.below(2 ** 40));
    case 6:
      return String(random.below(1000) / 1000);
    case 7:
      return String(random.below(1e9) * 10 ** (random.below(40) - 20));
    default: {
      view.setUint32(0, random.below(2 ** 32));
      view.setUint32(4, random.below(2 ** 32));
      const n = view.getFloat64(0);
      return Number.isFinite(n) ? String(n) : 'nan';
    }
  }
}

function directive(random) {
  let text = '%';
  for (const flag of '-+ #0') if (random.chance(0.2)) text += flag;
  if (random.chance(0.4)) text += Math.floor(random.next() * random.next() * 105);
  if (random.chance(0.5)) text += `.${random.chance(0.9) ? random.below(random.chance(0.1) ? 105 : 20) : ''}`;
  return text + (random.chance(0.02) ? random.pick('bhlnyzZ%$\x01') : random.pick('diuxXoeEfFgGaAcsq'));
}

function argument(random) {
  const kind = random.below(20);
  if (kind < 16) return `n ${number(random)}`;
  if (kind === 16) return `b ${random.pick(['true', 'false'])}`;
  if (kind === 17) return 'z ';
  const text = random.chance(0.5)
    ? number(random)
    : Array.from({ length: random.below(12) }, () => String.fromCharCode(random.below(256))).join('');
  return `s ${hex(text)}`;
}

function formatCase(random) {
  let format = directive(random);
  if (random.chance(0.1)) format = `<${format}|%%>`;
  if (random.chance(0.03)) format += '%d';
  const value = argument(random);
  return { line: `${hex(format)} ${value}`, about: JSON.stringify([format, value]) };
}

const options = readOptions({ count: 100000, seed: 1, show: 10 });
const random = new Random(options.seed);
const cases = Array.from({ length: options.count }, () => formatCase(random));
process.exitCode = compareCases('string.format', 'formats.lua', cases, options) === 0 ? 0 : 1;
