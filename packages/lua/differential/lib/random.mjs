/** A small seeded generator (mulberry32), so that a run can be repeated by its seed. */
export class Random {
  constructor(seed) {
    this.state = seed | 0;
  }

  /** 0 <= n < 1. */
  next() {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  /** An integer 0 <= n < limit. */
  below(limit) {
    return Math.floor(this.next() * limit);
  }

  /** True with the given probability. */
  chance(probability) {
    return this.next() < probability;
  }

  /** One element of an array or character of a string. */
  pick(list) {
    return list[this.below(list.length)];
  }
}
