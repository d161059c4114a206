import type { ApplicantKind, Stage } from '#contracts/contract.js';
import { journey } from '#contracts/journey.js';

/** A kind of applicant for whom a process is to die: another way through a stage has other edges. */
interface KindOfCase {
  readonly applicantKind: ApplicantKind;
  /** Where it is not the usual way in every stage: in the e-mail, for the sandbox. */
  readonly tag?: string;
  /** Only there it is another way. */
  readonly stage?: Stage;
  readonly end: 'activated' | 'rejected' | 'parked';
}

export const kinds = {
  individual: { applicantKind: 'individual', end: 'activated' },
  organization: { applicantKind: 'organization', end: 'activated' },
  /** FinHub's verdict is no. */
  rejected: { applicantKind: 'individual', tag: 'kyc-rejected', stage: 'verification', end: 'rejected' },
  /** The answer to the registration is lost; FinHub's webhook tells of it. */
  unheard: {
    applicantKind: 'individual',
    tag: 'lost-answer-webhook',
    stage: 'registration',
    end: 'activated',
  },
  /** It is lost, and nothing ever tells. */
  doubtful: { applicantKind: 'individual', tag: 'lost-answer', stage: 'registration', end: 'parked' },
} as const satisfies Readonly<Record<string, KindOfCase>>;

export type Kind = keyof typeof kinds;

export const allKinds = Object.keys(kinds) as Kind[];

/** Those of the whole matrix: the others wait for what is lost, which takes long, and are asked for by name. */
export const usualKinds: readonly Kind[] = ['individual', 'organization'];

export function kindOf(kind: Kind): KindOfCase {
  return kinds[kind];
}

/** Whether it has a way of its own through the stage. */
export function goesThrough(kind: Kind, stage: Stage): boolean {
  const { applicantKind, stage: only = stage } = kindOf(kind);
  return only === stage && journey[applicantKind].includes(stage);
}
