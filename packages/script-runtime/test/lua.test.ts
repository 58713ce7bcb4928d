import { lua } from '../src/runtimes/lua.js';
import { ENGINES } from './conformance/engines.js';
import { conformance } from './conformance.js';

conformance(lua, ENGINES.lua);
