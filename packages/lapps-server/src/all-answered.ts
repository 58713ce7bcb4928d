import type { Connection } from './connection.js';

const ofOnClosing = (connection: Connection, failed: (error: unknown) => void): Promise<unknown> | undefined => {
  try {
    const result = connection.service.options.onClosing?.(connection);
    return result instanceof Promise ? result.catch(failed) : undefined;
  } catch (error) {
    failed(error);
    return undefined;
  }
};

/** Resolves when nothing more is to be sent to a client that says nothing more; undefined when that is so already. */
export const allAnswered = (connection: Connection, failed: (error: unknown) => void): Promise<unknown> | undefined => {
  const closing = ofOnClosing(connection, failed);
  const handlers = connection.leaving.finished();
  return handlers === undefined ? closing : Promise.all([handlers, closing]);
};
