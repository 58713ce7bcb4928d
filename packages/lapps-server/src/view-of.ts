type MakeView = new (memory: ArrayBufferLike, at: number, length: number) => Buffer;

/** The class `Buffer.from` makes instances of; ws makes its views with it, too. */
const View = (Buffer as unknown as { readonly [Symbol.species]: MakeView })[Symbol.species];

/** A Buffer over a part of memory, as `Buffer.from` makes it, without looking at the arguments. */
export const viewOf = (memory: ArrayBufferLike, at: number, length: number): Buffer => new View(memory, at, length);
