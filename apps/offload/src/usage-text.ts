import { closestName } from './closest-name.js';

/** What a command line offers. */
export interface UsageOf {
  /** As typed. */
  readonly args: readonly string[];
  /** The commands with their arguments, as `call <url> <method> [params]`; empty for a program without any. */
  readonly commands: readonly string[];
  /** The flags of the command that was typed, without dashes. */
  readonly flags: readonly string[];
}

/** What is said where no command is. */
export const COMMAND_MISSING = 'Say what to do: a command is missing';

/** What somebody may have meant as a script. */
const SCRIPT = /^[^-].*\.(lua|luac|py)$/;

/** What yargs complains about, in the words of the command line that was typed. Other texts stay as they are. */
export function usageText(message: string, { args, commands, flags }: UsageOf): string {
  const names = commands.map((line) => line.replace(/ .*/, ''));
  const [, unknown] = /^Unknown arguments?: (.*)$/s.exec(message) ?? [];
  if (unknown !== undefined) {
    const [first = ''] = args;
    if (unknown === first && names.length > 0) {
      const meant = closestName(first, names);
      return `Unknown command: ${first}. ${meant === undefined ? `There are ${names.join(', ')}` : `Did you mean ${meant}?`}`;
    }
    const typed = unknown.split(', ').map((name) => asTyped(name, args));
    return `Unknown argument: ${typed.join(', ')}${unknownHint(typed, flags)}`;
  }
  if (message === COMMAND_MISSING && args.length > 0) {
    return `${message}. It comes first, as in: offload ${names[0]} ${args.join(' ')}`;
  }
  const [, flag] = /^Not enough arguments following: (.*)$/s.exec(message) ?? [];
  if (flag !== undefined) return `A value is missing after ${asTyped(flag, args)}`;
  const [, given] = /^Not enough non-option arguments: got (\d+)/.exec(message) ?? [];
  const line = commands.find((_, i) => names[i] === args[0]);
  if (given === undefined || line === undefined) return message;
  const wanted = [...line.matchAll(/<[^>]+>/g)].slice(Number(given));
  return `Missing: ${wanted.join(' ')}`;
}

function unknownHint(typed: readonly string[], flags: readonly string[]): string {
  if (typed.some((text) => SCRIPT.test(text))) return '. Scripts are named with -f FILE';
  const [flag = ''] = typed;
  const [, no = '', name = ''] = /^--(no-)?(.*)$/.exec(flag) ?? [];
  const meant = closestName(name, flags);
  return meant === undefined ? '' : `. Did you mean --${no}${meant}?`;
}

/** A flag by its name, with its dashes. */
function asTyped(name: string, args: readonly string[]): string {
  const flags = args.map((arg) => arg.replace(/=.*/s, ''));
  const typed = flags.find((flag) => [name, `--${name}`, `-${name}`, `--no-${name}`].includes(flag));
  return typed ?? (name.length === 1 ? `-${name}` : name);
}
