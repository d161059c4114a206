/** Who acts on a reason code: the system that sent the request, or those who run the pipeline. */
export type Audience = 'upstream' | 'ops';

/** What a stable reason code means and what to do about it; `docs/errors.md` is generated from these. */
export interface Reason {
  readonly sentence: string;
  readonly remedy: string;
  readonly audience: Audience;
}

/** A reason on which the upstream acts. */
export function forUpstream(sentence: string, remedy: string): Reason {
  return { sentence, remedy, audience: 'upstream' };
}

/** A reason on which ops act. */
export function forOps(sentence: string, remedy: string): Reason {
  return { sentence, remedy, audience: 'ops' };
}
