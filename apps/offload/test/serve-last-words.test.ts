import { describe, expect, test } from 'vitest';
import { startProgram, wsUrl } from './support/process.js';
import { temporaryFolder } from './support/temporary-folder.js';

/** A service that never stops printing. */
const NOISY = `local noisy = {}
function noisy.init() end
function noisy.run() while true do print(("x"):rep(3000)) end end
return noisy`;

/** One whose end has no end. */
const STUCK = `local stuck = {}
function stuck.onStart() end
function stuck.onMessage() return true end
function stuck.onDisconnect() end
function stuck.onShutdown() while true do end end
return stuck`;

const SERVICES = {
  noisy: { standalone: true, instances: 1 },
  stuck: { internal: false, request_target: '/stuck', protocol: 'raw', instances: 2 },
};

function serve(service: keyof typeof SERVICES, workers: number) {
  const home = temporaryFolder({
    'apps/noisy/noisy.lua': NOISY,
    'apps/stuck/stuck.lua': STUCK,
    'lapps.json': JSON.stringify({ services: { [service]: SERVICES[service] } }),
  });
  const flags = ['--lapps-home', home, '--lapps-config', `${home}/lapps.json`, '--ws-listen', '127.0.0.1:0'];
  const times = ['--script-timeout', '300', '--stop-timeout', service === 'noisy' ? '300' : '3000'];
  return startProgram('offload', ['serve', '--no-spop', '--ws', '-n', String(workers), ...flags, ...times]);
}

describe('offload serve and what scripts do at its end', () => {
  test('serve stops although a service prints faster than its lines can be written', async () => {
    const program = serve('noisy', 1);
    await wsUrl(program);
    await program.waitForLine(/xxx/);
    program.signal('SIGTERM');
    expect(await program.ended).toMatchObject({ code: 0 });
    expect(program.lines.join('\n')).toContain("service 'noisy' did not end within");
  });

  test.each([1, 2])(
    'serve interrupts every onShutdown that does not end, and says where: %i workers',
    async (workers) => {
      const program = serve('stuck', workers);
      await wsUrl(program);
      program.signal('SIGTERM');
      expect(await program.ended).toMatchObject({ code: 0 });
      const faults = program.lines.filter((line) => /SCRIPT_ERR_DEADLINE/.test(line) && /"line":5/.test(line));
      expect(faults).toHaveLength(2);
    },
  );
});
