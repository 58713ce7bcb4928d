import { expect } from 'vitest';
import { SpopError, type SpopErrorCode } from '../../src/index.js';

/** Runs `action` and checks code, wire status and offset of the SpopError it must throw. */
export function expectSpopError(
  action: () => unknown,
  wanted: { code: SpopErrorCode; status?: number; offset?: number },
): SpopError {
  let thrown: unknown;
  try {
    action();
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(SpopError);
  expect(thrown).toMatchObject(wanted);
  return thrown as SpopError;
}
