/** Buckets per doubling: resolution of about 4 %. */
const PER_OCTAVE = 16;

/** A histogram of durations in microseconds, logarithmic buckets from 1 us to about an hour. */
export class LatencyHistogram {
  private readonly counts = new Float64Array(32 * PER_OCTAVE);
  private total = 0;

  add(us: number): void {
    const bucket = us <= 1 ? 0 : Math.floor(Math.log2(us) * PER_OCTAVE);
    this.counts[Math.min(bucket, this.counts.length - 1)]++;
    this.total++;
  }

  /** The duration below which the share `p` (0..1) lies, in microseconds; 0 without any. */
  percentile(p: number): number {
    let left = this.total * p;
    for (let i = 0; i < this.counts.length; i++) {
      left -= this.counts[i];
      if (left < 0) return 2 ** ((i + 0.5) / PER_OCTAVE);
    }
    return 0;
  }
}
