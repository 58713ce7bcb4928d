/**
 * LuaJIT's generator: four combined Tausworthe generators of 63, 58, 55 and 47 bits (L'Ecuyer's maximally equidistributed
 * LFSR113 family with period 2^223), so that a seed gives the same numbers as in LuaJIT 2.1.
 *
 * A 64-bit word is kept as two 32-bit halves in one Int32Array: high, low.
 */

/** Bits that count in each generator. */
const BITS = [63, 58, 55, 47];

export class LuaRandom {
  private readonly words = new Int32Array(8);
  private high = 0;
  private low = 0;

  constructor(seed = 0) {
    this.seed(seed);
  }

  /** Starts the sequence that belongs to `seed`. */
  seed(seed: number): void {
    const view = new DataView(new ArrayBuffer(8));
    let d = seed;
    BITS.forEach((bits, index) => {
      d = d * Math.PI + Math.E;
      view.setFloat64(0, d);
      let word = view.getBigUint64(0);
      // A state below 2^(64-bits) would be all zeros in the bits that count.
      const least = 1n << BigInt(64 - bits);
      if (word < least) word += least;
      this.words[2 * index] = Number(word >> 32n) | 0;
      this.words[2 * index + 1] = Number(word & 0xffffffffn) | 0;
    });
    for (let i = 0; i < 10; i++) this.step();
  }

  /** Next number, 0 <= n < 1, with 52 random bits. */
  next(): number {
    this.step();
    return ((this.high & 0xfffff) * 4294967296 + (this.low >>> 0)) * 2 ** -52;
  }

  /**
   * For each 64-bit z: z' = (((z << q) ^ z) >>> (bits - s)) ^ ((z & (-1 << (64 - bits))) << s). Written out with the
   * constants of each generator, because a loop over them costs three times as much.
   */
  private step(): void {
    const words = this.words;
    let high = words[0]!;
    let low = words[1]!;
    let mixed = ((high << 31) | (low >>> 1)) ^ high;
    let kept = low & -2;
    let outHigh = (high << 18) | (kept >>> 14);
    let outLow = (mixed >>> 13) ^ (kept << 18);
    words[0] = outHigh;
    words[1] = outLow;

    high = words[2]!;
    low = words[3]!;
    mixed = ((high << 19) | (low >>> 13)) ^ high;
    kept = low & -64;
    let nextHigh = (mixed >>> 30) ^ ((high << 28) | (kept >>> 4));
    let nextLow = ((((low << 19) ^ low) >>> 30) | (mixed << 2)) ^ (kept << 28);
    words[2] = nextHigh;
    words[3] = nextLow;
    outHigh ^= nextHigh;
    outLow ^= nextLow;

    high = words[4]!;
    low = words[5]!;
    mixed = ((high << 24) | (low >>> 8)) ^ high;
    kept = low & -512;
    nextHigh = (high << 7) | (kept >>> 25);
    nextLow = (mixed >>> 16) ^ (kept << 7);
    words[4] = nextHigh;
    words[5] = nextLow;
    outHigh ^= nextHigh;
    outLow ^= nextLow;

    high = words[6]!;
    low = words[7]!;
    mixed = ((high << 21) | (low >>> 11)) ^ high;
    kept = low & -131072;
    nextHigh = (high << 8) | (kept >>> 24);
    nextLow = (mixed >>> 7) ^ (kept << 8);
    words[6] = nextHigh;
    words[7] = nextLow;
    this.high = outHigh ^ nextHigh;
    this.low = outLow ^ nextLow;
  }
}
