const SLOTS = 256;
const LONGEST = 32;

/**
 * Names of members seen lately, found by their bytes: messages repeat the same few, and one that is known costs neither
 * decoding nor memory, and compares by identity.
 */
export class KeyCache {
  private readonly slots: (string | undefined)[] = new Array<string | undefined>(SLOTS).fill(undefined);
  private slot = 0;

  /** The name of `length` bytes from `at` on, undefined when it is not known. */
  find(bytes: Uint8Array, at: number, length: number): string | undefined {
    this.slot = -1;
    if (length === 0 || length > LONGEST) return undefined;
    const first = bytes[at] as number;
    const last = bytes[at + length - 1] as number;
    this.slot = (length * 31 + first * 7 + last * 3 + (bytes[at + (length >> 1)] as number)) & (SLOTS - 1);
    const name = this.slots[this.slot];
    if (name === undefined || name.length !== length) return undefined;
    // Only ASCII is kept: char codes are bytes.
    for (let i = 0; i < length; i++) if (name.charCodeAt(i) !== bytes[at + i]) return undefined;
    return name;
  }

  /** Keeps a name the last {@link find} did not know, and returns it. */
  add(length: number, name: string): string {
    if (this.slot < 0 || name.length !== length) return name;
    // As a property's name it becomes unique in the engine.
    const kept = Object.keys({ [name]: 0 })[0] as string;
    this.slots[this.slot] = kept;
    return kept;
  }
}
