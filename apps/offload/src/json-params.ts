import { OffloadError } from './errors.js';

/** What JSON can say. */
export type Param = null | boolean | number | string | readonly Param[] | { readonly [name: string]: Param };

const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/g;

/**
 * Parameters as they are typed: a JSON array.
 * @throws OffloadError `OFFLOAD_ERR_USAGE`, also for numbers that would reach the service as others
 */
export function jsonParams(text: string): readonly Param[] {
  let params: unknown;
  try {
    params = JSON.parse(text);
  } catch (error) {
    throw usage(`The parameters are not JSON: ${(error as Error).message}`);
  }
  if (!Array.isArray(params)) throw usage(`Expected a JSON array of parameters, such as '[${text}]'`);
  for (const [token] of text.matchAll(STRING_OR_NUMBER)) {
    if (!token.startsWith('"') && !isExact(token)) throw usage(`The number ${token} would not be sent as it is`);
  }
  return params as Param[];
}

/** Fractions are what a double makes of them; integers are not to be rounded. */
function isExact(token: string): boolean {
  const number = Number(token);
  return Number.isFinite(number) && (!/^-?\d+$/.test(token) || BigInt(token) === BigInt(number));
}

function usage(message: string): OffloadError {
  return new OffloadError('OFFLOAD_ERR_USAGE', message);
}
