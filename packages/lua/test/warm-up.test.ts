import { expect, it } from 'vitest';
import { createState, warmUp } from '../src/index.js';

it('warmUp() may be called any number of times and leaves states as they are', () => {
  warmUp();
  warmUp();
  const state = createState();
  expect(state.getGlobal('global')).toBeUndefined();
  expect(state.call(state.load('return 1 + 1'))).toBe(2);
});
