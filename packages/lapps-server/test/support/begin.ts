import type { CloseInfo, ServiceOptions } from '../../src/index.js';
import { start } from './harness.js';

export const echo: ServiceOptions = { onMessage: (connection, data, isBinary) => void connection.send(data, isBinary) };
export const silent: ServiceOptions = { onMessage: () => undefined };

/** A server with `/s`, which is `options`, and `/echo`; a client of `/s`; and how its connection ended. */
export const begin = async (options: Partial<ServiceOptions> = {}, more: Parameters<typeof start>[0] = {}) => {
  const closes: CloseInfo[] = [];
  let onClosed: (() => void) | undefined;
  const closed = new Promise<void>((resolve) => (onClosed = resolve));
  const harness = await start({
    ...more,
    services: {
      '/s': {
        ...silent,
        ...options,
        onClose: (connection, info) => {
          closes.push(info);
          options.onClose?.(connection, info);
          onClosed?.();
        },
      },
      '/echo': echo,
    },
  });
  const client = await harness.open('/s');
  const { connection } = await harness.event('opened');
  return { ...harness, client, connection, closes, closed };
};
