import { createAgent, type MessageHandler, setVar } from '@offload/spop-agent';
import type { KvEntry } from '@offload/spop-codec';

/**
 * The program behind the figures in the README: answers `check-client-ip` (bool, int, ipv4, ipv6, string, all without
 * names) with an int32 made of all five. Prints its port; `node bench/check-client-ip.ts [PORT]`.
 */
const checkClientIp: MessageHandler = ({ args }) => [setVar('sess', 'ip_score', { type: 'int32', value: score(args) })];

function score(args: readonly KvEntry[]): number {
  let sum = 0;
  for (const { value } of args) {
    switch (value.type) {
      case 'bool':
        sum += value.value ? 1 : 0;
        break;
      case 'int32':
      case 'int64':
        sum += Number(value.value) * 7;
        break;
      case 'ipv4':
        sum += value.value[3]!;
        break;
      case 'string':
        sum += value.value.length;
        break;
    }
  }
  return sum % 101;
}

const agent = createAgent({ handlers: { 'check-client-ip': checkClientIp } });
const address = await agent.listen({ port: Number(process.argv[2] ?? 0) });
console.log('port' in address ? address.port : address.path);
process.on('SIGTERM', () => agent.stop({ graceMs: 200 }));
