import type { Command } from '../command.js';

/** `offload config-schema`: for editors, and for whoever wants every key with its unit and default. */
export const configSchemaCommand: Command<unknown> = {
  command: 'config-schema',
  describe: 'Print the JSON Schema of the config file',
  examples: [
    ['$0 config-schema > offload.schema.json', 'Then "# yaml-language-server: $schema=..." helps your editor'],
  ],
  builder: (yargs) => yargs,

  async run(_flags, context) {
    const { configJsonSchema } = await import('../config.js');
    context.stdout(`${JSON.stringify(configJsonSchema(), null, 2)}\n`);
    return 0;
  },
};
