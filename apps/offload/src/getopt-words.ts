/**
 * The words of a command line as getopt reads them, which the C server uses: `-fFILE` is `-f FILE`, `-dp9000` is
 * `-d -p 9000`. A word that is the value of a flag stays as it is.
 */
export function getoptWords(args: readonly string[]): string[] {
  const words: string[] = [];
  const rest = [...args];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const [, plain, flag, value = ''] = /^-([dh]*)([npf])(.*)$/s.exec(word) ?? /^-([dh]+)$/.exec(word) ?? [];
    if (plain === undefined) {
      words.push(word);
      continue;
    }
    words.push(...Array.from(plain, (letter) => `-${letter}`));
    if (flag !== undefined) words.push(`-${flag}`, ...(value === '' ? rest.splice(0, 1) : [value]));
  }
  return words;
}
