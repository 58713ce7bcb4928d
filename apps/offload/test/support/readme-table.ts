import { configLeaves, environmentName } from '../../src/config-environment.js';
import { CONFIG_FLAGS } from '../../src/config-flags.js';
import type { Flag } from '../../src/flags/flag.js';

/** The rows of the README's table of keys, as the code has them. */
export function configRows(): string[] {
  const flags: Record<string, Flag | null> = CONFIG_FLAGS;
  return configLeaves().map(({ path, description, default: fallback }) => {
    const flag = flags[path];
    const names = flag == null ? '-' : [flag.alias && `-${flag.alias}`, `--${flag.name}`].filter(Boolean).join(', ');
    const value = `\`${fallback === undefined ? 'none' : JSON.stringify(fallback)}\``;
    const shownFlag = names === '-' ? names : `\`${names}\``;
    return `| \`${path}\` | ${value} | ${shownFlag} | \`${environmentName(path)}\` | ${description} |`;
  });
}
