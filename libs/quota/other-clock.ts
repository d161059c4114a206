/** A moment by our own clock, as well as it is known: not before the one, not after the other. */
export interface Moment {
  readonly earliestMs: number;
  readonly latestMs: number;
}

/** Two clocks drift apart by no more. */
const driftMax = 0.0002;

/**
 * Another machine's clock, held against ours. Each answer tells its time at some moment between our question and the answer's
 * arrival; together they say far better how the two stand than the slow ones alone. When it has been set, the last one counts.
 */
export class OtherClock {
  /** What is to be added to our time, at least and at most; as of `notedAtMs` of ours. */
  private least = -Infinity;
  private most = Infinity;
  private notedAtMs = 0;

  /** `theirMs` was its time when it answered a question of ours. */
  note(
    theirMs: number,
    { askedAtMs, answeredAtMs }: { readonly askedAtMs: number; readonly answeredAtMs: number },
  ): void {
    const drift = (answeredAtMs - this.notedAtMs) * driftMax;
    const seen = { least: theirMs - answeredAtMs, most: theirMs - askedAtMs };
    const least = Math.max(seen.least, this.least - drift);
    const most = Math.min(seen.most, this.most + drift);
    const isSet = least > most;
    this.least = isSet ? seen.least : least;
    this.most = isSet ? seen.most : most;
    this.notedAtMs = answeredAtMs;
  }

  momentOf(theirMs: number): Moment {
    return { earliestMs: theirMs - this.most, latestMs: theirMs - this.least };
  }
}
