import { describe, expect, test } from 'vitest';
import { closestName } from '../src/closest-name.js';

const NAMES = ['workers', 'spop', 'ws', 'log', 'scripts', 'scriptTimeoutMs'];

describe('closestName()', () => {
  test.each([
    ['worker', 'workers'],
    ['wrokers', 'workers'],
    ['WORKERS', 'workers'],
    ['script', 'scripts'],
    ['scripttimeout', 'scriptTimeoutMs'],
    ['spob', 'spop'],
    ['lgo', 'log'],
    ['wa', undefined],
    ['plugins', undefined],
    ['', undefined],
    ['x'.repeat(10_000), undefined],
  ])('closestName() takes %s for %s', (typed, meant) => {
    expect(closestName(typed, NAMES)).toBe(meant);
  });
});
