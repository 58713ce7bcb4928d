import type { Config } from '../config.js';

/** Why a key of a service means nothing when it is standalone; `lapps.json` has the same keys. */
export const NO_CONNECTIONS = 'without effect: a standalone service has no connections';

/** What only services with connections have. */
const REACTIVE_KEYS = [
  'protocol',
  'requestTarget',
  'maxMessageBytes',
  'acl',
  'extraHeaders',
  'protoAlias',
  'originAllowList',
  'perMessageDeflate',
] as const satisfies readonly (keyof Config['ws']['services'][string])[];

/** A key that is there and means nothing because of what else is said. */
export interface IneffectiveKey {
  readonly keys: readonly string[];
  readonly why: string;
}

/** Known keys of a valid configuration that have no effect. */
export function ineffectiveKeys(config: Config): IneffectiveKey[] {
  return [...ineffectiveModes(config), ...ineffectiveOfServices(config)];
}

function ineffectiveModes(config: Config): IneffectiveKey[] {
  const why = 'without effect: there is no unix socket among the addresses';
  return (['spop', 'ws'] as const)
    .filter((door) => {
      const { unixMode, listen = [] } = config[door];
      return unixMode !== undefined && !listen.some((address) => address.startsWith('unix:'));
    })
    .map((door) => ({ keys: [door, 'unixMode'], why }));
}

function ineffectiveOfServices({ ws }: Config): IneffectiveKey[] {
  return Object.entries(ws.services).flatMap(([name, service]) =>
    REACTIVE_KEYS.filter((key) => service.standalone && service[key] !== undefined).map((key) => ({
      keys: ['ws', 'services', name, key],
      why: NO_CONNECTIONS,
    })),
  );
}
