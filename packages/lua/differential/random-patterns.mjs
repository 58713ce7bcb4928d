/**
 * Compares string.find, match, gmatch and gsub on random subjects and patterns, faulty ones included.
 *
 *     node differential/random-patterns.mjs [--count 100000] [--seed 1] [--repeat 1] [--show 10]
 *
 * With `--repeat 30` each pattern is used often enough to be compiled.
 */
import { compareCases, hex } from './lib/cases.mjs';
import { readOptions } from './lib/options.mjs';
import { Random } from './lib/random.mjs';

const OPERATIONS = ['find', 'find', 'plain', 'match', 'match', 'gmatch', 'gsub', 'gsub', 'gsubtable', 'gsubcall'];
const CLASSES = 'acdglpsuwxzACDGLPSUWXZ.%-()[]+';
const COMMON = 'aaabbcxyz01 ,=()[]%.-_A\n';

class PatternWriter {
  constructor(random) {
    this.random = random;
  }

  character() {
    const r = this.random;
    return r.chance(0.9) ? r.pick(COMMON) : String.fromCharCode(r.below(256));
  }

  text(limit) {
    return Array.from({ length: this.random.below(limit) }, () => this.character()).join('');
  }

  characterClass() {
    return `%${this.random.pick(CLASSES)}`;
  }

  set() {
    const r = this.random;
    let text = r.chance(0.3) ? '[^' : '[';
    for (let left = 1 + r.below(4); left > 0; left--) {
      switch (r.below(6)) {
        case 0:
          text += this.characterClass();
          break;
        case 1:
          text += `${r.pick('a0A')}-${r.pick('z9Zc')}`;
          break;
        case 2:
          text += r.pick(']-^%.');
          break;
        case 3:
          text += `${this.character()}-`;
          break;
        default:
          text += this.character();
      }
    }
    return r.chance(0.97) ? `${text}]` : text;
  }

  single() {
    const kind = this.random.below(10);
    if (kind < 3) return this.random.pick('abcxy01 ,');
    if (kind < 4) return '.';
    if (kind < 7) return this.characterClass();
    return kind < 9 ? this.set() : this.character();
  }

  pattern() {
    const r = this.random;
    let text = r.chance(0.15) ? '^' : '';
    let open = 0;
    for (let left = r.below(7); left > 0; left--) {
      const kind = r.below(24);
      if (kind < 17) {
        text += this.single();
        if (r.chance(0.5)) text += r.pick('*+-?');
      } else if (kind === 17) {
        text += '(';
        open++;
      } else if (kind === 18 && (open > 0 || r.chance(0.1))) {
        text += ')';
        open--;
      } else if (kind === 19) text += `%${r.pick('1123')}`;
      else if (kind === 20) text += `%b${r.chance(0.8) ? '()' : this.character() + this.character()}`;
      else if (kind === 21) text += `%f${r.chance(0.95) ? this.set() : ''}`;
      else if (kind === 22) text += '()';
      else text += r.pick(['%', '$', '^', '(', ')', '[', '\0']);
    }
    for (; open > 0; open--) if (r.chance(0.95)) text += ')';
    return r.chance(0.15) ? `${text}$` : text;
  }

  replacement() {
    const r = this.random;
    const part = () => (r.chance(0.5) ? this.character() : `%${r.chance(0.9) ? r.pick('00112') : this.character()}`);
    return Array.from({ length: r.below(4) }, part).join('');
  }

  case() {
    const r = this.random;
    const operation = r.pick(OPERATIONS);
    const [subject, pattern, replacement] = [this.text(30), this.pattern(), this.replacement()];
    const number = r.chance(0.8) ? 1 : r.below(40) - 10;
    return {
      line: `${operation} ${hex(subject)} ${hex(pattern)} ${hex(replacement)} ${number}`,
      about: JSON.stringify([operation, subject, pattern, replacement, number]),
    };
  }
}

const options = readOptions({ count: 100000, seed: 1, repeat: 1, show: 10 });
const writer = new PatternWriter(new Random(options.seed));
const cases = Array.from({ length: options.count }, () => writer.case()).flatMap((one) =>
  Array(options.repeat).fill(one),
);
process.exitCode = compareCases('patterns', 'patterns.lua', cases, options) === 0 ? 0 : 1;
