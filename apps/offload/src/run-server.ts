import { compose } from './compose.js';
import type { Config } from './config.js';
import type { LoadedConfig } from './config-sources.js';
import type { Context } from './context.js';
import { ConfigError } from './errors.js';
import { formatSocketAddress } from './listen-address.js';
import { createLogger, type Logger } from './logger.js';
import { nextCommands } from './quick-start.js';
import { type Running, readyText } from './ready-text.js';
import { StopSignal } from './stop-signal.js';
import { wsUrl } from './ws-url.js';

/** How long what scripts left behind may keep a stopped process. */
const LEFTOVERS_MS = 100;

/**
 * Serves until SIGINT or SIGTERM, then stops gracefully; a second signal ends the process at once with code 1.
 *
 * @returns the exit code.
 */
export async function runServer({ config, warnings }: LoadedConfig, context: Context): Promise<number> {
  if (!config.spop.enabled && !config.ws.enabled) {
    const message = 'Nothing to serve: every frontend is off';
    throw new ConfigError([{ path: 'spop.enabled', keys: ['spop', 'enabled'], message }]);
  }
  const logger = await createLogger(config.log);
  for (const warning of warnings) logger.warn(warning);
  const house = compose(config, logger, context.env);
  const stop = new StopSignal(context, logger);
  try {
    const starting = house.start();
    const running = await Promise.race([starting, stop.requested]);
    if (running === undefined) {
      // It fails, for its workers are ended.
      starting.catch(() => {});
      await house.stop();
      logger.info('stopped');
      endSoon(config, context);
      return 0;
    }
    logReady(running, logger);
    const { env, cwd } = context;
    context.announce(readyText(running, nextCommands(running, { env, cwd }), cwd));
    await stop.requested;
    await house.stop();
    logger.info('stopped');
    endSoon(config, context);
    return 0;
  } finally {
    stop.end();
  }
}

/** Scripts in this thread may have timers that no stop ends, as those that sleep: they do not keep the process. */
function endSoon({ inline }: Config, context: Context): void {
  if (inline) setTimeout(() => context.exit(0), LEFTOVERS_MS).unref();
}

function logReady({ spop, ws, scripts, messages, workers }: Running, logger: Logger): void {
  const web =
    ws === undefined
      ? {}
      : { ws: ws.listening.map((address) => wsUrl(ws, address)), services: ws.services.map(({ name }) => name) };
  const names = messages.map(({ name }) => name);
  logger.info({ spop: spop.map(formatSocketAddress), ...web, scripts, messages: names, workers }, 'ready');
  if (ws?.demo === true) logger.info('ws: no services are configured: the demo is served');
  if (ws?.tls === false) logger.info('ws: without TLS');
}
