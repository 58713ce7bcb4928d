import type { Command } from '../command.js';
import { addConfigCommandFlags, type ConfigCommandFlags, loadCommandConfig } from './common.js';

interface CheckFlags extends ConfigCommandFlags {
  readonly json: boolean | undefined;
}

/** `offload check`: would `serve` start? */
export const check: Command<CheckFlags> = {
  command: 'check',
  describe: 'Load the configuration and the scripts, print the messages they register, and exit',
  examples: [
    ['$0 check -f check.lua', 'Exit code 0: every script loads; 1: a fault, with file and line'],
    ['$0 check -c offload.yaml --json', 'The same for a config file, as JSON'],
  ],
  builder: (yargs) => addConfigCommandFlags(yargs).option('json', { type: 'boolean', describe: 'Print JSON' }),

  async run(flags, context) {
    const [{ loadScripts }, { createLogger }, { withQuickStart }, { messagesText }, loaded] = await Promise.all([
      import('../compose.js'),
      import('../logger.js'),
      import('../quick-start.js'),
      import('../ready-text.js'),
      loadCommandConfig(flags, context),
    ]);
    const { config, warnings, file } = loaded;
    const logger = await createLogger(config.log);
    for (const warning of warnings) logger.warn(warning);
    const { messages, scripts } = await loadScripts(withQuickStart(config), logger);
    if (flags.json === true) {
      context.stdout(`${JSON.stringify({ config: file ?? null, scripts, messages }, null, 2)}\n`);
      return 0;
    }
    if (file !== undefined) context.stdout(`Configuration ${file}: ok\n`);
    for (const script of scripts) context.stdout(`Script ${script}: ok\n`);
    context.stdout(messagesText(messages, context.cwd));
    return 0;
  },
};
