import { z } from 'zod';

/** A mode is written as chmod takes it. A number would be ambiguous: 0660 of YAML is 660, and 432 is what it means. */
export const unixModeSchema = z
  .string({ error: 'Expected octal digits in quotes, such as "0660"' })
  .regex(/^0?[0-7]{3}$/, { error: 'Expected octal digits as chmod takes them, such as 0660' });

/** @param text as {@link unixModeSchema} has it */
export function parseUnixMode(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number.parseInt(text, 8);
}
