/**
 * State of code generation: the chunk, and one function of it.
 *
 * Names in generated code. Runtime values have upper-case names (`IX`, `T`), helpers of the chunk a letter and a number
 * (`G12`), temporaries `t1`, Lua variables `$7`, or `name$7` for functions; `E`, `E5` hold environments. No Lua name can equal one of
 * the others because it always carries `$` and a number.
 */
import type { CallExpr, ChunkNode, Expr, FunctionNode, LocalVar, MethodExpr } from '../ast.js';

/** What a failing operation can say about its place. */
export interface Site {
  readonly line: number;
  /** Descriptions of the operands, such as `local 'x'`. */
  readonly a: string | undefined;
  readonly b: string | undefined;
  /** Number of the function, and the line it starts on. */
  readonly fn: number;
  readonly fnLine: number;
}

/** Per text: that of a chunk, or of some generator versions. */
export class ChunkContext {
  readonly chunk: ChunkNode;
  /** Generator versions: every call may suspend. */
  readonly gen: boolean;
  /** The main function runs once. */
  readonly once: boolean;
  /** Filled only when sites are wanted; the text then carries markers. */
  readonly sites: Site[] | undefined;
  /** Context of the plain functions created inside: the chunk itself, or a part of a generator version. */
  readonly plain: ChunkContext;
  /** Names of what generator code calls. */
  readonly called = new Set<string>();
  private readonly fields = new Map<string, Field>();
  private readonly helperTexts: string[] = [];
  private readonly libraryFunctions = new Map<string, string>();
  private helpers = 0;

  constructor(chunk: ChunkNode, gen: boolean, sites: Site[] | undefined, once = false) {
    this.chunk = chunk;
    this.gen = gen;
    this.once = once;
    this.sites = sites;
    this.plain = gen ? new ChunkContext(chunk, false, sites) : this;
  }

  /** Texts about a constant key. */
  field(key: string): Field {
    return this.fields.get(key) ?? this.newField(key);
  }

  private newField(key: string): Field {
    const field = new Field(key);
    this.fields.set(key, field);
    return field;
  }

  /** Name of the helper that reads field `key` of anything (slow path of `o.key`). */
  getter(key: string): string {
    const f = this.field(key);
    if (f.getter === '') f.getter = this.helper(this.gen ? 'Y' : 'G', key, getterText);
    return f.getter;
  }

  /** Name of the helper that stores into field `key` of anything. */
  setter(key: string): string {
    const f = this.field(key);
    if (f.setter === '') f.setter = this.helper(this.gen ? 'Z' : 'S', key, setterText);
    return f.setter;
  }

  private helper(kind: string, key: string, text: (key: string, suffix: string) => string): string {
    const name = kind + this.helpers++;
    this.helperTexts.push(`const ${name}=${text(key, this.gen ? '$' : '')};\n`);
    return name;
  }

  /** Name of a constant that holds function `name` of a library, a member of the runtime. */
  libraryFunction(name: string): string {
    let constant = this.libraryFunctions.get(name);
    if (constant === undefined) {
      constant = `${this.gen ? 'X' : 'W'}${this.libraryFunctions.size}`;
      this.libraryFunctions.set(name, constant);
      this.helperTexts.push(`const ${constant}=R.${name};\n`);
    }
    return constant;
  }

  /** Name of a variable that counts the calls function `id` may still get. */
  callCount(id: number, calls: number): string {
    this.helperTexts.push(`let C${id}=${calls};\n`);
    return `C${id}`;
  }

  /** Definitions of all helpers used so far. */
  helperCode(): string {
    return this.helperTexts.join('') + (this.gen ? this.plain.helperCode() : '');
  }
}

/** Texts about a constant key, made once for each key of a chunk. */
export class Field {
  /** Access after an object. */
  readonly prop: string;
  /**
   * Follows `(h=` and an object: test that it has the field of its own, which leaves the value in `h`. `test` for
   * anything, `tableTest` for a table.
   */
  readonly test: string;
  readonly tableTest: string;
  /** The same for a field that holds a function. */
  readonly callTest: string;
  readonly tableCallTest: string;
  /** Helpers, '' where not asked for yet. */
  getter = '';
  setter = '';

  constructor(key: string) {
    this.prop = prop(key);
    this.tableTest = `.hash)!==void 0&&(h=h${this.prop})!==void 0`;
    this.test = `)!==void 0&&(h=h${this.tableTest}`;
    this.tableCallTest = `.hash)!==void 0&&typeof(h=h${this.prop})==='function'`;
    this.callTest = `)!==void 0&&(h=h${this.tableCallTest}`;
  }
}

/** What a mark can say about an operand: the expression, or its description. */
export type Operand = Expr | string | undefined;

/** Per function. */
export class FunctionContext {
  readonly chunk: ChunkContext;
  readonly fn: FunctionNode;
  /** Function-level `var`s. */
  readonly vars: string[] = [];
  private readonly freeTemps: string[] = [];
  private temps = 0;
  private labels = 0;
  private readonly used = { q: false, h: false, v: false };
  /** Variable that holds this function's environment. */
  readonly env: string;
  readonly gen: boolean;
  /** What a goto to a label is in JavaScript, by label and direction. */
  private jumps: Map<string, string> | undefined = undefined;
  /** Locals declared ahead of their declaration statement. */
  private hoisted: Set<LocalVar> | undefined = undefined;
  /** Calls what can change its environment. */
  changesEnv = false;
  /** Labels of the JavaScript loops that `break` leaves, innermost last. */
  readonly breaks: { label: string; used: boolean }[] = [];
  /** A generator version that is replaced by another one once it was called some times. */
  readonly first: boolean;

  constructor(chunk: ChunkContext, fn: FunctionNode, first = false) {
    this.chunk = chunk;
    this.fn = fn;
    this.first = first;
    this.env = fn.env;
    this.gen = chunk.gen;
  }

  /** Whether the code that follows runs rarely: then the general way, in few words, is faster than one V8 has to learn. */
  get brief(): boolean {
    if (this.first) return true;
    return this.chunk.once && this.fn.parent === undefined && this.breaks.length === 0 && this.jumps === undefined;
  }

  setJump(key: string, text: string): void {
    this.jumps ??= new Map();
    this.jumps.set(key, text);
  }

  jump(key: string): string {
    return this.jumps!.get(key)!;
  }

  hoist(v: LocalVar): void {
    this.hoisted ??= new Set();
    this.hoisted.add(v);
  }

  isHoisted(v: LocalVar): boolean {
    return this.hoisted?.has(v) === true;
  }

  temp(): string {
    const free = this.freeTemps.pop();
    if (free !== undefined) return free;
    const name = `t${++this.temps}`;
    this.vars.push(name);
    return name;
  }

  release(temp: string): void {
    this.freeTemps.push(temp);
  }

  newLabel(): string {
    return `L${++this.labels}`;
  }

  /** A generic scratch variable whose value is used at once, never across another evaluation. */
  scratch(name: 'q' | 'h' | 'v'): void {
    if (this.used[name]) return;
    this.used[name] = true;
    this.vars.push(name);
  }

  /** Marks the call that follows in the text as one that can raise. */
  mark(line: number, a?: Operand, b?: Operand): string {
    const { sites } = this.chunk;
    return sites === undefined ? '' : this.placeMark(sites, line, a, b);
  }

  private placeMark(sites: Site[], line: number, a: Operand, b: Operand): string {
    const site = { line, a: this.describe(a), b: this.describe(b), fn: this.fn.id, fnLine: this.fn.line };
    return `\x01${sites.push(site) - 1}\x02`;
  }

  /** Marks a call; `how` it is made. */
  markCall(e: CallExpr | MethodExpr, how: 'call' | 'tail'): string {
    if (this.chunk.sites === undefined) return '';
    return this.mark(e.line, e.kind === 'Method' ? `method '${e.name}'` : e.callee, how);
  }

  /** How an error message names the value of `e`. */
  private describe(e: Operand): string | undefined {
    if (e === undefined || typeof e === 'string') return e;
    switch (e.kind) {
      case 'Local':
        return `${e.v.owner === this.fn ? 'local' : 'upvalue'} '${e.v.name}'`;
      case 'Global':
        return `global '${e.name}'`;
      case 'Index':
        return e.key.kind === 'String' ? `field '${e.key.value}'` : undefined;
      case 'Paren':
        return this.describe(e.e);
      default:
        return undefined;
    }
  }

  /** Name of a runtime operation: generator versions have their own, which may ask for a metamethod to be run. */
  op(name: string): string {
    return this.gen ? `${name}$` : name;
  }

  /** The value of a slow path: where it asks for a metamethod, that is run here, and may suspend. (No `yield*`: V8 makes much code of it.) */
  slow(text: string): string {
    if (!this.gen) return text;
    this.scratch('q');
    return `((q=${text})===P&&(q=PR())instanceof SU?yield q:q)`;
  }
}

/** Captured and assigned again: lives in a box that all closures share, so that separately compiled versions see it. */
export function isBoxed(v: LocalVar): boolean {
  return v.captured && v.reassigned;
}

/** Needs a fresh JavaScript variable each time its declaration runs. */
export function isScoped(v: LocalVar): boolean {
  return v.captured && v.inLoop;
}

/** The value of `v`: `v.js` is its JavaScript variable, or holds its box. */
export function varRef(v: LocalVar): string {
  return isBoxed(v) ? `${v.js}.v` : v.js;
}

/** `s` as a JavaScript literal. */
export function literal(s: string): string {
  return JSON.stringify(s);
}

/** Property access for a string key. */
export function prop(key: string): string {
  return /^[A-Za-z_$][A-Za-z0-9_$]*$/.test(key) ? `.${key}` : `[${literal(key)}]`;
}

/** Like {@link prop} after a value that may be undefined. */
export function optProp(key: string): string {
  return /^[A-Za-z_$][A-Za-z0-9_$]*$/.test(key) ? `?.${key}` : `?.[${literal(key)}]`;
}

/**
 * Reads one constant key through the chain of `__index` tables. A function of its own per key, so that V8 caches the
 * property accesses by shape.
 */
function getterText(key: string, suffix: string): string {
  const opt = optProp(key);
  return `function(o){let p=o,v,m;if(typeof o==='string'&&(v=ST.meta?.hash?.__index?.hash${opt})!==void 0)return v;for(let n=0;n<100;n++){if(!(p instanceof T)||p.dynamicKeys<0)break;if((v=p.hash${opt})!==void 0)return v;if((m=p.mt)===void 0)return;if((p=m.hash?.__index)===void 0){if(m.dynamicKeys<0)break;return}}return IX${suffix}(o,${literal(key)})}`;
}

function setterText(key: string, suffix: string): string {
  const p = prop(key);
  const opt = optProp(key);
  return `function(o,v){let h,m;if(o instanceof T&&o.dynamicKeys>=0){if((h=o.hash)${opt}!==void 0){h${p}=v;return}if((m=o.mt)===void 0||m.dynamicKeys>=0&&m.hash?.__newindex===void 0){if(v===void 0)return;(h??o.newHash())${p}=v;return}}return SX${suffix}(o,${literal(key)},v)}`;
}
