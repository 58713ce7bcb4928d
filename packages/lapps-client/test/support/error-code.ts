import { LappsClientError } from '../../src/index.js';

/** The error code a promise rejects with, or `resolved`. */
export const codeOf = async (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'resolved',
    (error: unknown) => (error instanceof LappsClientError ? error.code : String(error)),
  );
