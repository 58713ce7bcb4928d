import type { Command } from '../command.js';
import { addConfigCommandFlags, type ConfigCommandFlags, loadCommandConfig } from './common.js';

interface PrintConfigFlags extends ConfigCommandFlags {
  readonly json: boolean | undefined;
}

/** `offload print-config`: what the program would run with. */
export const printConfig: Command<PrintConfigFlags> = {
  command: 'print-config',
  describe: 'Print the configuration in force: flags over environment over file over defaults',
  examples: [
    ['$0 print-config > offload.yaml', 'Start a config file from the defaults'],
    ['$0 print-config -c offload.yaml --json', 'What this file comes to, as JSON'],
  ],
  builder: (yargs) =>
    addConfigCommandFlags(yargs).option('json', { type: 'boolean', describe: 'JSON instead of YAML' }),

  async run(flags, context) {
    const { config, warnings } = await loadCommandConfig(flags, context);
    for (const warning of warnings) context.stderr(`offload: ${warning}\n`);
    if (flags.json === true) {
      context.stdout(`${JSON.stringify(config, null, 2)}\n`);
    } else {
      const { stringify } = await import('yaml');
      context.stdout(stringify(config));
    }
    return 0;
  },
};
