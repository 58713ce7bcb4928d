/** The command line, as `luajit` reads it. */

export interface CommandLine {
  /** In order: code to run (`-e`) and modules to require (`-l`). */
  readonly actions: readonly { readonly kind: 'execute' | 'require'; readonly text: string }[];
  /** Script file, `-` for standard input, undefined for none. */
  readonly script: string | undefined;
  /** Index of the script in `argv`; `arg[0]` is the script. */
  readonly scriptIndex: number;
  readonly version: boolean;
  /** `-E`: no LUA_PATH. */
  readonly ignoresEnvironment: boolean;
}

export const USAGE = `usage: offload-lua [options] [script [args]]
Available options are:
  -e chunk  Execute string 'chunk'.
  -l name   Require library 'name'.
  -v        Show version information.
  -E        Ignore environment variables.
  -j, -O    Accepted, without effect: they steer the JIT of LuaJIT.
  --        Stop handling options.
  -         Execute stdin and stop handling options.
`;

/** Parses the arguments after the program; undefined when they are wrong. */
export function parseArguments(argv: readonly string[]): CommandLine | undefined {
  const actions: { kind: 'execute' | 'require'; text: string }[] = [];
  let version = false;
  let ignoresEnvironment = false;
  let i = 0;
  for (; i < argv.length; i++) {
    const a = argv[i]!;
    if (a === '--') {
      i++;
      break;
    }
    if (a === '-' || a[0] !== '-') break;
    if (a === '-v') {
      version = true;
    } else if (a === '-E') {
      ignoresEnvironment = true;
    } else if (a.startsWith('-O') || a.startsWith('-j')) {
      if (a === '-j' && argv[++i] === undefined) return undefined;
    } else if (a.startsWith('-e') || a.startsWith('-l')) {
      const text = a.length > 2 ? a.slice(2) : argv[++i];
      if (text === undefined) return undefined;
      actions.push({ kind: a[1] === 'e' ? 'execute' : 'require', text });
    } else {
      return undefined;
    }
  }
  const script = argv[i];
  const stdin = script === undefined && actions.length === 0 && !version;
  return { actions, script: stdin ? '-' : script, scriptIndex: i, version, ignoresEnvironment };
}
