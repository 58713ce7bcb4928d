import { lua } from '../src/runtimes/lua.js';
import { conformance } from './conformance.js';

conformance(lua, {
  skip: { 'call() shows integers as text without exponent or fraction': 'the dialect prints %.14g' },
});
