import type { HouseOptions } from './house.js';

/** Wherever services can live. */
export const PLACES: readonly (readonly [string, Partial<HouseOptions>])[] = [
  ['in a worker behind rings', { workers: 2 }],
  ['in this thread', { workers: 0 }],
  ['in a worker with sockets of its own', { direct: true }],
];
