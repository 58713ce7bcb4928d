const SPACE = /[ \t\r\n]*/y;
const STRING = /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?(?![\w.])|(?:true|false|null)(?!\w)/y;

/** Where a text stops being JSON. */
export interface JsonFault {
  /** Offset in the text. */
  readonly at: number;
  /** What JSON would have there. */
  readonly expected: string;
}

/** Looks whether a text is JSON (RFC 8259); undefined when it is. What V8 says about one that is not rarely has a place. */
export function jsonFault(text: string): JsonFault | undefined {
  const open: ('}' | ']')[] = [];
  let state: 'value' | 'item' | 'member' | 'name' | 'end' = 'value';
  let at = 0;
  const takes = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    if (!pattern.test(text)) return false;
    at = pattern.lastIndex;
    return true;
  };
  const closes = (): boolean => {
    if (open.length === 0 || text[at] !== open.at(-1)) return false;
    open.pop();
    at++;
    state = 'end';
    return true;
  };
  for (;;) {
    takes(SPACE);
    const char = text[at];
    if (state === 'end') {
      if (closes()) continue;
      const last = open.at(-1);
      if (last === undefined) return char === undefined ? undefined : { at, expected: 'the end of the file' };
      if (char !== ',') return { at, expected: `',' or '${last}'` };
      at++;
      state = last === '}' ? 'name' : 'value';
    } else if ((state === 'item' || state === 'member') && closes()) {
      // Empty.
    } else if (state === 'name' || state === 'member') {
      if (!takes(STRING)) return { at, expected: 'a name in double quotes' };
      takes(SPACE);
      if (text[at] !== ':') return { at, expected: "':'" };
      at++;
      state = 'value';
    } else if (char === '{' || char === '[') {
      open.push(char === '{' ? '}' : ']');
      at++;
      state = char === '{' ? 'member' : 'item';
    } else if (takes(STRING) || takes(SCALAR)) {
      state = 'end';
    } else return { at, expected: 'a value' };
  }
}
