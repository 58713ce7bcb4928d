import type { Command } from '../command.js';
import { addConfigCommandFlags, type ConfigCommandFlags, loadCommandConfig } from './common.js';

interface CheckFlags extends ConfigCommandFlags {
  readonly json: boolean | undefined;
}

/** `offload check`: would `serve` start? */
export const check: Command<CheckFlags> = {
  command: 'check',
  describe: 'Load the configuration, the scripts and the services, print what they register, and exit',
  examples: [
    ['$0 check -f check.lua', 'Exit code 0: every script loads; 1: a fault, with file and line'],
    ['$0 check -c offload.yaml --json', 'The same for a config file, as JSON'],
  ],
  builder: (yargs) => addConfigCommandFlags(yargs).option('json', { type: 'boolean', describe: 'Print JSON' }),

  async run(flags, context) {
    const [{ loadScripts }, { createLogger }, { messagesText, servicesText }, loaded] = await Promise.all([
      import('../compose.js'),
      import('../logger.js'),
      import('../ready-text.js'),
      loadCommandConfig(flags, context),
    ]);
    const { config, warnings, file } = loaded;
    const logger = await createLogger(config.log);
    for (const warning of warnings) logger.warn(warning);
    const { messages, scripts, services } = await loadScripts(config, logger, context.env);
    if (flags.json === true) {
      const report = { config: file ?? null, scripts, messages, ...(config.ws.enabled ? { services } : {}) };
      context.stdout(`${JSON.stringify(report, null, 2)}\n`);
      return 0;
    }
    if (file !== undefined) context.stdout(`Configuration ${file}: ok\n`);
    for (const script of scripts) context.stdout(`Script ${script}: ok\n`);
    if (config.spop.enabled || messages.length > 0) context.stdout(messagesText(messages, context.cwd));
    if (config.ws.enabled) context.stdout(servicesText(services, context.cwd));
    return 0;
  },
};
