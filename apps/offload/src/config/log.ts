import { z } from 'zod';

/** Section `log`: one line per event on standard error. */
export const logSchema = z.strictObject({
  level: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .describe('Least severe level that is written.'),
  format: z
    .enum(['auto', 'json', 'pretty'])
    .default('auto')
    .describe('`json`: one JSON object per line; `pretty`: for people; `auto`: pretty on a terminal, else json.'),
});

export type LogConfig = z.output<typeof logSchema>;
