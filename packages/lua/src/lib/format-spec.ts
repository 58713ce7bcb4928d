/** Splits a format of string.format into literal text and directives. */
import type { FormatSpec } from './format-number.js';

/** A format: literal texts and directives in order; `error` is the faulty directive that ends it. */
export interface ParsedFormat {
  readonly parts: readonly (string | FormatSpec)[];
  readonly error?: string;
}

const CONVERSIONS = 'AEFGXacdefgiopqsux';

/** Parses a format. A faulty directive ends the list: it counts only when the ones before it went well. */
export function parseFormat(format: string): ParsedFormat {
  const parts: (string | FormatSpec)[] = [];
  let literal = '';
  let at = 0;
  while (at < format.length) {
    const percent = format.indexOf('%', at);
    if (percent < 0) break;
    literal += format.slice(at, percent);
    if (format.charAt(percent + 1) === '%') {
      literal += '%';
      at = percent + 2;
      continue;
    }
    if (literal !== '') parts.push(literal);
    literal = '';
    const end = directiveEnd(format, percent + 1);
    const spec = readDirective(format, percent + 1, end);
    if (spec === undefined) {
      const last = format.charCodeAt(end) >= 32 ? end + 1 : end;
      return { parts, error: format.slice(percent, last) };
    }
    parts.push(spec);
    at = end + 1;
  }
  literal += format.slice(at);
  if (literal !== '') parts.push(literal);
  return { parts };
}

const HEAD = /[-+ #0]*[0-9]{0,2}(?:\.[0-9]{0,2})?/y;

/** Index of the conversion letter of the directive whose `%` is just before `start`. */
function directiveEnd(format: string, start: number): number {
  HEAD.lastIndex = start;
  HEAD.exec(format);
  return HEAD.lastIndex;
}

const FIELDS = /^([-+ #0]*)([0-9]*)(?:\.([0-9]*))?$/;

function readDirective(format: string, start: number, end: number): FormatSpec | undefined {
  const conversion = format.charAt(end);
  if (conversion === '' || !CONVERSIONS.includes(conversion)) return undefined;
  const fields = FIELDS.exec(format.slice(start, end));
  const flags = fields?.[1] ?? '';
  const precision = fields?.[3];
  return {
    conversion,
    left: flags.includes('-'),
    plus: flags.includes('+'),
    space: flags.includes(' '),
    alternate: flags.includes('#'),
    zero: flags.includes('0'),
    width: Number(fields?.[2] ?? '0'),
    precision: precision === undefined ? -1 : Number(precision),
  };
}
