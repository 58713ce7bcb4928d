/** What a command line offers. */
export interface UsageOf {
  /** As typed. */
  readonly args: readonly string[];
  /** The commands with their arguments, as `call <url> <method> [params]`; empty for a program without any. */
  readonly commands: readonly string[];
}

/** What somebody may have meant as a script. */
const SCRIPT = /^[^-].*\.(lua|luac|py)$/;

/** What yargs complains about, in the words of the command line that was typed. Other texts stay as they are. */
export function usageText(message: string, { args, commands }: UsageOf): string {
  const names = commands.map((line) => line.replace(/ .*/, ''));
  const [, unknown] = /^Unknown arguments?: (.*)$/s.exec(message) ?? [];
  if (unknown !== undefined) {
    const [first = ''] = args;
    if (unknown === first && names.length > 0) return `Unknown command: ${first}. There are ${names.join(', ')}`;
    const typed = unknown.split(', ').map((name) => asTyped(name, args));
    const hint = typed.some((text) => SCRIPT.test(text)) ? '. Scripts are named with -f FILE' : '';
    return `Unknown argument: ${typed.join(', ')}${hint}`;
  }
  const [, flag] = /^Not enough arguments following: (.*)$/s.exec(message) ?? [];
  if (flag !== undefined) return `A value is missing after ${asTyped(flag, args)}`;
  const [, given] = /^Not enough non-option arguments: got (\d+)/.exec(message) ?? [];
  const line = commands.find((_, i) => names[i] === args[0]);
  if (given === undefined || line === undefined) return message;
  const wanted = [...line.matchAll(/<[^>]+>/g)].slice(Number(given));
  return `Missing: ${wanted.join(' ')}`;
}

/** A flag by its name, with its dashes. */
function asTyped(name: string, args: readonly string[]): string {
  const flags = args.map((arg) => arg.replace(/=.*/s, ''));
  const typed = flags.find((flag) => flag === name || flag === `--${name}` || flag === `-${name}`);
  return typed ?? (name.length === 1 ? `-${name}` : name);
}
