/** Command line of the comparison programs: `--name value`, with defaults that also give the type. */
export function readOptions(defaults) {
  const options = { ...defaults };
  const args = process.argv.slice(2);
  for (let at = 0; at < args.length; at += 2) {
    const name = args[at].replace(/^--/, '');
    if (!(name in defaults) || args[at + 1] === undefined) {
      process.stderr.write(
        `usage: ${Object.entries(defaults)
          .map(([key, value]) => `[--${key} ${value}]`)
          .join(' ')}\n`,
      );
      process.exit(2);
    }
    options[name] = typeof defaults[name] === 'number' ? Number(args[at + 1]) : args[at + 1];
  }
  return options;
}
