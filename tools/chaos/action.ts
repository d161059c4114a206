import type { DatabaseService, stageServices } from '../setup/services.js';

export type StageName = (typeof stageServices)[number];

/** A fault of FinHub's sandbox: the body of `POST /_sandbox/faults`. */
export interface FinhubFault {
  readonly endpoint: string;
  readonly kind: string;
  readonly times?: number;
  readonly delayMs?: number;
  /** The customer's e-mail: it strikes no other's calls. */
  readonly applicant?: string;
}

/** Commands that ops give in the middle of it. */
export type ChaosCommand = 'cancel' | 'pause' | 'erase' | 'replay' | 'correct' | 'resolve' | 'approve';

/** Something bad that is done to the pipeline, or a command of ops. `forMs`: how long until it is taken back. */
export type Action =
  | { readonly kind: 'kill' | 'terminate'; readonly part: string }
  | { readonly kind: 'freeze'; readonly part: string; readonly forMs: number }
  | { readonly kind: 'rolling-restart'; readonly parts: readonly string[] }
  /** One process more of a stage joins its group, and leaves it as one that is told to stop. */
  | { readonly kind: 'rebalance'; readonly stage: StageName; readonly forMs: number }
  | {
      readonly kind: 'link';
      readonly how: 'cut' | 'slow' | 'frozen';
      readonly from: string;
      readonly to: string;
      readonly forMs: number;
    }
  | { readonly kind: 'finhub'; readonly name: string; readonly fault: FinhubFault; readonly forMs: number }
  | { readonly kind: 'reset-offsets'; readonly stage: StageName }
  | { readonly kind: 'garbage'; readonly topic: string; readonly garbage: number }
  | { readonly kind: 'clock'; readonly part: string; readonly byMs: number; readonly forMs: number }
  /** `pick` in [0, 1) chooses among the onboardings that there are by then; a pause is resumed after `forMs`. */
  | {
      readonly kind: 'command';
      readonly command: ChaosCommand;
      readonly pick: number;
      readonly forMs: number;
    };

/** An action and when, in milliseconds since the load began. */
export type Scheduled = Action & { readonly atMs: number };

/** What there is to do something to. */
export interface Surroundings {
  /** Every process of a service, e.g. `registration-2`. */
  readonly parts: readonly { readonly part: string; readonly service: DatabaseService }[];
}

/** What is counted together: `kill`, `link cut`, `finhub outage`, `command cancel`. */
export function kindOf(action: Action): string {
  switch (action.kind) {
    case 'finhub':
      return `finhub ${action.name}`;
    case 'command':
      return `command ${action.command}`;
    case 'link':
      return `link ${action.how}`;
    default:
      return action.kind;
  }
}

/** In a line of the report. */
export function tellAction(action: Action): string {
  const { kind, ...rest } = action;
  const fields = Object.entries(rest).filter(([name]) => name !== 'atMs');
  return [kind, ...fields.map(([name, value]) => `${name}=${tellValue(value)}`)].join(' ');
}

function tellValue(value: unknown): string {
  if (typeof value === 'number') return String(Math.round(value * 1_000) / 1_000);
  return typeof value === 'string' ? value : JSON.stringify(value).replaceAll('"', '');
}
