import type { ApplicantKind, Stage } from '#contracts/contract.js';
import { journey } from '#contracts/journey.js';
import type { OperationName } from '#finhub-client/operations.js';

/** A kind of applicant for whom a process is to die: another way through a stage has other edges. */
interface KindOfCase {
  readonly applicantKind: ApplicantKind;
  /** Where it is not the usual way in every stage: in the e-mail, for the sandbox. */
  readonly tag?: string;
  /** Only there it is another way. */
  readonly stage?: Stage;
  readonly end: 'activated' | 'rejected' | 'parked' | 'cancelled';
  /** The call whose answer is lost: only from there, until its step is done, it is another way. */
  readonly lost?: {
    readonly call: OperationName;
    readonly step: string;
    /** It is not lost but late: the process stands still with the answer, until another one asks this for what became of it. */
    readonly lateUntil?: OperationName;
  };
  /** Given while the onboarding waits in the stage: only from there it is another way. */
  readonly command?: 'cancel';
}

const individual = { applicantKind: 'individual', end: 'activated' } as const;
const organization = { applicantKind: 'organization', end: 'activated' } as const;
const registration = {
  stage: 'registration',
  lost: { call: 'registerIndividual', step: 'register' },
} as const;

export const kinds = {
  individual,
  organization,
  /** FinHub's verdict is no. */
  rejected: { ...individual, tag: 'kyc-rejected', stage: 'verification', end: 'rejected' },
  /** FinHub's webhook tells of what is lost. */
  unheard: { ...individual, ...registration, tag: 'lost-answer-webhook' },
  /** Nothing ever tells. */
  doubtful: { ...individual, ...registration, tag: 'lost-answer', end: 'parked' },
  'lost-employee': {
    ...organization,
    tag: 'lost-employee',
    stage: 'personnel',
    lost: { call: 'addEmployee', step: 'employee:0' },
  },
  'lost-director': {
    ...organization,
    tag: 'lost-director',
    stage: 'personnel',
    lost: { call: 'addDirector', step: 'director:0' },
  },
  'lost-shareholder': {
    ...organization,
    tag: 'lost-shareholder',
    stage: 'personnel',
    lost: { call: 'addShareholder', step: 'shareholder:0' },
  },
  'lost-verification': {
    ...individual,
    tag: 'lost-verification',
    stage: 'verification',
    lost: { call: 'openVerification', step: 'open-verification' },
  },
  'lost-upload': {
    ...individual,
    tag: 'lost-upload',
    stage: 'verification',
    lost: { call: 'uploadDocument', step: 'upload:<documentId>' },
  },
  'lost-activation': {
    ...individual,
    tag: 'lost-activation',
    stage: 'activation',
    lost: { call: 'activateIndividual', step: 'activate' },
  },
  /** The process has the answer, and sleeps until its lease has passed to another. */
  late: {
    ...individual,
    stage: 'activation',
    lost: { call: 'activateIndividual', step: 'activate', lateUntil: 'listWallets' },
  },
  /** Ops give it up while FinHub takes its time to decide. */
  cancelled: {
    ...individual,
    tag: 'kyb-slow',
    stage: 'verification',
    end: 'cancelled',
    command: 'cancel',
  },
} as const satisfies Readonly<Record<string, KindOfCase>>;

export type Kind = keyof typeof kinds;

export const allKinds = Object.keys(kinds) as Kind[];

/** Those of the whole matrix: the others wait for what is lost, which takes long, and are asked for by name. */
export const usualKinds: readonly Kind[] = ['individual', 'organization'];

/** Those whose answer is lost. */
export const lostKinds: readonly Kind[] = allKinds.filter((kind) => kindOf(kind).lost !== undefined);

/** The edge at which a command is given: the tester's own. */
export const commandGiven = 'a command is given';

export function kindOf(kind: Kind): KindOfCase {
  return kinds[kind];
}

/** Whether it has a way of its own through the stage. */
export function goesThrough(kind: Kind, stage: Stage): boolean {
  const { applicantKind, stage: only = stage } = kindOf(kind);
  return only === stage && journey[applicantKind].includes(stage);
}

/**
 * The edge from which on it goes another way, where it does so within a stage. From there any process may take it up, and
 * edges are counted from there.
 */
export function turnOf(kind: Kind): string | undefined {
  const { lost, command } = kindOf(kind);
  if (lost !== undefined)
    return `FinHub: ${lost.call}, ${lost.lateUntil === undefined ? 'request' : 'answer'}`;
  return command === undefined ? undefined : commandGiven;
}
