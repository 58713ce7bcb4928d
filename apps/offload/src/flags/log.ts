import type { LogConfig } from '../config/log.js';
import type { FlagsFor } from './flag.js';

export const logFlags: FlagsFor<LogConfig, 'log.'> = {
  'log.level': {
    name: 'log-level',
    kind: 'text',
    value: 'LEVEL',
    describe: 'Least severe level to log: debug, info, warn, error, silent',
    default: 'info',
  },
  'log.format': {
    name: 'log-format',
    kind: 'text',
    value: 'FORMAT',
    describe: 'Log as json, pretty, or auto: pretty on a terminal',
    default: 'auto',
  },
};
