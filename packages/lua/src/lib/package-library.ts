/** `require`, `module` and the package table. */
import { luaError } from '../raise.js';
import type { Engine } from '../runtime/engine.js';
import { hostFunction } from '../runtime/host-function.js';
import { LuaTable } from '../table.js';
import { LuaUserdata, type LuaValue, NONE } from '../value.js';
import { checkString, checkTable } from './args.js';
import type { Library } from './host.js';
import { changeHere, type EnvHandle, type ReadFile } from './load-library.js';
import { numberToString } from './number-text.js';

export const DEFAULT_PATH = './?.lua;./?/init.lua';

export interface PackageOptions {
  readonly path: string;
  readonly readFile: ReadFile;
  /** Whether a file can be read; asked before it is. */
  readonly exists: (path: string) => boolean;
}

export function openPackage(engine: Engine, options: PackageOptions): Library {
  const { host } = engine;
  const loaded = new LuaTable();
  const preload = new LuaTable();
  const table = new LuaTable();
  /** Marks a module that is being loaded. */
  const loading = new LuaUserdata(undefined);

  const search = (name: string, path: string, mark = '.', slash = '/'): { file?: string; tried: string } => {
    const part = mark === '' ? name : name.split(mark).join(slash);
    let tried = '';
    for (const template of path.split(';')) {
      if (template === '') continue;
      const file = template.replaceAll('?', part);
      if (options.exists(file)) return { file, tried };
      tried += `\n\tno file '${file}'`;
    }
    return { tried };
  };

  const stringField = (name: string): string => {
    const v = table.getStr(name);
    if (typeof v === 'number') return numberToString(v);
    if (typeof v !== 'string') throw luaError(`'package.${name}' must be a string`);
    return v;
  };

  const preloadSearcher = hostFunction('loader_preload', (name: LuaValue) => {
    const list = table.getStr('preload');
    if (!(list instanceof LuaTable)) throw luaError("'package.preload' must be a table");
    return host.index(list, name) ?? `\n\tno field package.preload['${name}']`;
  });

  const fileSearcher = hostFunction('loader_lua', (name: LuaValue) => {
    const { file, tried } = search(name, stringField('path'));
    if (file === undefined) return tried;
    try {
      return engine.load(options.readFile(file), `@${file}`);
    } catch (e) {
      throw luaError(`error loading module '${name}' from file '${file}':\n\t${(e as Error).message}`);
    }
  });

  const require = (...args: LuaValue[]): LuaValue => {
    const key = checkString(args[0], 1, args.length);
    const known = loaded.getStr(key);
    if (known === loading) throw luaError(`loop or previous error loading module '${key}'`);
    if (known !== undefined && known !== false) return known;
    const loader = findLoader(key);
    loaded.setStr(key, loading);
    const result = host.call1(loader, key);
    if (result !== undefined) loaded.setStr(key, result);
    else if (loaded.getStr(key) === loading) loaded.setStr(key, true);
    return loaded.getStr(key);
  };

  const findLoader = (name: string): LuaValue => {
    const loaders = table.getStr('loaders');
    if (!(loaders instanceof LuaTable)) throw luaError("'package.loaders' must be a table");
    let tried = '';
    for (let i = 1; ; i++) {
      const searcher = loaders.getNum(i);
      if (searcher === undefined) throw luaError(`module '${name}' not found:${tried}`);
      const found = host.call1(searcher, name);
      if (typeof found === 'function') return found;
      if (typeof found === 'string' || typeof found === 'number') tried += host.tostring(found);
    }
  };

  const loaders = LuaTable.fromArray([preloadSearcher, fileSearcher]);
  engine.install(
    {
      loaded,
      preload,
      loaders,
      searchers: loaders,
      path: options.path,
      cpath: '',
      config: '/\n;\n?\n!\n-\n',
      searchpath(name: LuaValue, path: LuaValue, mark: LuaValue, slash: LuaValue) {
        const { file, tried } = search(checkString(name, 1, 1), checkString(path, 2, 2), mark ?? '.', slash ?? '/');
        return file ?? [undefined, tried];
      },
      seeall(t: LuaValue) {
        seeAll(engine, checkTable(t, 1, 1));
        return NONE;
      },
      loadlib: () => [undefined, 'dynamic libraries are not supported', 'absent'],
    },
    table,
  );
  return { package: table, require, module: openModule(engine, loaded) };
}

function seeAll(engine: Engine, t: LuaTable): void {
  const meta = t.meta ?? new LuaTable();
  meta.setStr('__index', engine.globals);
  t.setMeta(meta);
}

function openModule(engine: Engine, loaded: LuaTable): LuaValue {
  const { host, runtime } = engine;

  const moduleHere = (handle: EnvHandle | undefined, args: readonly LuaValue[]): LuaValue => {
    const name = checkString(args[0], 1, args.length);
    let module = loaded.getStr(name);
    if (!(module instanceof LuaTable)) {
      module = makePath(engine.globals, name);
      loaded.setStr(name, module);
    }
    if (module.getStr('_NAME') === undefined) {
      module.setStr('_M', module);
      module.setStr('_NAME', name);
      module.setStr('_PACKAGE', name.slice(0, name.lastIndexOf('.') + 1));
    }
    if (handle === undefined) throw luaError("'module' not called from a Lua function");
    changeHere(handle, module);
    for (const option of args.slice(1)) host.call(option, module);
    return NONE;
  };

  /** The table at `a.b.c` of the globals, created where missing. */
  const makePath = (root: LuaTable, name: string): LuaTable => {
    let t = root;
    for (const part of name.split('.')) {
      let inner = t.getStr(part);
      if (inner === undefined) {
        inner = new LuaTable();
        t.setStr(part, inner);
      } else if (!(inner instanceof LuaTable)) {
        throw luaError(`name conflict for module '${name}'`);
      }
      t = inner;
    }
    return t;
  };

  const module = hostFunction('module', (...args: LuaValue[]) => moduleHere(undefined, args));
  runtime['module'] = module;
  runtime['moduleHere'] = hostFunction('module', moduleHere);
  return module;
}
