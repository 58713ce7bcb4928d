import { fileURLToPath } from 'node:url';
import type { ServiceSpec } from '@offload/script-bridge';

/** The folder of the demo services. Both the sources and what is built of them sit next to the scripts. */
export const DEMO_APPS = new URL('../../scripts/lapps-apps/', import.meta.url);

const service = (name: string, rest: Omit<ServiceSpec, 'name' | 'file'>): ServiceSpec => ({
  name,
  file: fileURLToPath(new URL(`${name}/${name}.lua`, DEMO_APPS)),
  ...rest,
});

/** What is served when nothing is configured: the services of the article on LAppS. */
export function demoServices(): ServiceSpec[] {
  return [
    service('echo', { protocol: 'raw', requestTarget: '/echo' }),
    service('echo_lapps', { protocol: 'LAppS', requestTarget: '/echo_lapps' }),
    service('time_broadcast', { standalone: true }),
  ];
}
