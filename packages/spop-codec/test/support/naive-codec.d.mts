import type { Frame } from '../../src/index.js';

/** Decodes a whole frame the slow, obvious way; throws a plain Error on anything it cannot follow. */
export function naiveDecodeFrame(bytes: Uint8Array): Frame;
/** Encodes a frame the slow, obvious way, without any limit or check. */
export function naiveEncodeFrame(frame: Frame): Uint8Array;
export function naiveReadVarint(bytes: Uint8Array): { value: bigint; length: number };
export function naiveWriteVarint(value: bigint): number[];
