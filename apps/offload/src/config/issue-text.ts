import { z } from 'zod';
import { closestName } from '../closest-name.js';

type Path = readonly PropertyKey[];

/** How the library begins its own sentences; others stand with the schema. */
const OF_THE_LIBRARY = /^(Invalid|Too) /;

/** Names an unknown key may be answered with: more would hide what is wrong. */
const MOST_NAMES = 12;

/** What is wrong with a value of the configuration, as a sentence that says what would be right. */
export function issueText(issue: z.core.$ZodIssue, schema: z.ZodType, raw: unknown): string {
  if (!OF_THE_LIBRARY.test(issue.message)) return issue.message;
  const value = valueAt(raw, issue.path);
  const wanted = wantedText(schemaAt(schema, issue.path), issue, value);
  if (wanted === undefined) return issue.message;
  return value === undefined ? `Missing: expected ${wanted}` : `Expected ${wanted}, got ${shownValue(value)}`;
}

/** What to say of a key that means nothing in its table. */
export function unknownKeyText(key: string, schema: z.ZodType, path: Path): string {
  const table = schemaAt(schema, path);
  const names = table instanceof z.ZodObject ? Object.keys(table.shape) : [];
  const meant = closestName(key, names);
  if (meant !== undefined) return `Unknown key; did you mean ${meant}?`;
  return names.length === 0 || names.length > MOST_NAMES
    ? 'Unknown key'
    : `Unknown key; there ${names.length === 1 ? 'is' : 'are'} ${names.join(', ')}`;
}

function wantedText(schema: z.ZodType | undefined, issue: z.core.$ZodIssue, value: unknown): string | undefined {
  if (schema instanceof z.ZodNumber) return `a whole number from ${schema.minValue} to ${schema.maxValue}`;
  if (schema instanceof z.ZodBoolean) return 'true or false';
  if (schema instanceof z.ZodEnum) return `one of ${schema.options.join(', ')}`;
  if (schema instanceof z.ZodString) {
    if (issue.code === 'invalid_format' && 'prefix' in issue) return `a text that begins with "${issue.prefix}"`;
    return value === '' ? 'a text that is not empty' : 'a text';
  }
  if (schema instanceof z.ZodArray) {
    if (issue.code === 'too_small') return 'a list that is not empty';
    return typeof value === 'string' ? `a list, such as [${JSON.stringify(value)}]` : 'a list';
  }
  if (schema instanceof z.ZodObject || schema instanceof z.ZodRecord) return 'keys with values';
  return undefined;
}

/** The schema of the value at a path, without what makes it optional; undefined where it may be one of several. */
function schemaAt(schema: z.ZodType, [key, ...rest]: Path): z.ZodType | undefined {
  const inner = unwrapped(schema);
  if (key === undefined) return inner;
  const next =
    inner instanceof z.ZodObject
      ? inner.shape[String(key)]
      : inner instanceof z.ZodArray
        ? inner.element
        : inner instanceof z.ZodRecord
          ? inner.valueType
          : undefined;
  return next === undefined ? undefined : schemaAt(next as z.ZodType, rest);
}

function unwrapped(schema: z.ZodType): z.ZodType {
  // `out` is what a preprocessed value must be.
  const { innerType, out } = schema.def as { innerType?: z.ZodType; out?: z.ZodType };
  const inner = innerType ?? out;
  return inner === undefined ? schema : unwrapped(inner);
}

function valueAt(raw: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, key) => {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    return (value as Record<PropertyKey, unknown>)[key];
  }, raw);
}

function shownValue(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (value === null) return 'nothing';
  if (typeof value === 'object') return 'keys with values';
  const text = JSON.stringify(value) ?? typeof value;
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
