import type { Command } from '../command.js';
import { addConfigCommandFlags, type ConfigCommandFlags, loadCommandConfig } from './common.js';

/** `offload serve`: the program's main job. */
export const serve: Command<ConfigCommandFlags> = {
  command: 'serve',
  describe: 'Serve scripts to HAProxy and browsers, on this machine only unless told otherwise',
  examples: [
    ['$0 serve --spop', 'The quick-start script on 127.0.0.1:12345'],
    ['$0 serve --spop -f check.lua -p 9000 -n 4', 'Your script on 127.0.0.1:9000 in 4 workers'],
    ['$0 serve --spop -f check.lua --spop-listen 0.0.0.0:12345', 'Reachable from other machines'],
    ['$0 serve --ws', 'Demo services for browsers on 127.0.0.1:5083'],
    ['$0 serve --ws --lapps-home /opt/lapps', 'The services of a LAppS, as its ws.json and lapps.json have them'],
    ['$0 serve --spop --ws -f check.lua', 'Both, from one pool of workers'],
    ['$0 serve -c offload.yaml -d', 'From a config file, debugging'],
  ],
  builder: addConfigCommandFlags,

  async run(flags, context) {
    const [{ runServer }, loaded] = await Promise.all([import('../run-server.js'), loadCommandConfig(flags, context)]);
    return runServer(loaded, context);
  },
};
