import type { ScriptEngine, ScriptFunction } from '@offload/script-runtime';
import { describe, expect, it } from 'vitest';
import { MessageRegistry } from '../src/worker/message-registry.js';

const stateOf = (engine: string): ScriptEngine => ({ engine, language: 'lua' }) as ScriptEngine;
const entry = (engine: ScriptEngine, where: string) => ({
  name: 'm',
  fn: {} as ScriptFunction,
  engine,
  where,
  file: '/srv/a.lua',
});

describe('MessageRegistry', () => {
  it('add() keeps the first of two states of one script', () => {
    const registry = new MessageRegistry();
    const first = stateOf('lua');
    registry.add(entry(first, '/srv/a.lua:1'));
    registry.add(entry(stateOf('lua'), '/srv/a.lua:1'));
    expect(registry.get('m')?.engine).toBe(first);
    expect(registry.list()).toHaveLength(1);
  });

  it('add() refuses the messages of one script in two engines, and two handlers of one state', () => {
    const registry = new MessageRegistry();
    const lua = stateOf('lua');
    registry.add(entry(lua, '/srv/a.lua:1'));
    const twice = /message 'm' is registered twice: at \/srv\/a\.lua:1 and at \/srv\/a\.lua:[12]/;
    expect(() => registry.add(entry(stateOf('fengari'), '/srv/a.lua:1'))).toThrow(twice);
    expect(() => registry.add(entry(lua, '/srv/a.lua:2'))).toThrow(twice);
  });
});
