import { parseArgs } from 'node:util';

/** What the user asked of `npm run chaos`. */
export interface ChaosArguments {
  readonly seed: number;
  readonly lengthMs: number;
  /** Requests in a second. */
  readonly rate: number;
  /** Processes of each stage. */
  readonly replicas: number;
  /** Keep databases and topics also where nothing was found. */
  readonly isDataKept: boolean;
}

/** What `--help` prints. */
export const usage = `npm run chaos -- [options]

  --seed N        decides what happens when, and who asks (default 7); the same seed, length and replicas have the
                  same schedule
  --minutes M     how long faults come, e.g. 0.5 (default 10); settling comes on top of it
  --rate R        requests in a second (default 2)
  --replicas N    processes of each stage (default 2)
  --keep          keep databases and topics; they are kept anyway where something is found
  --help          this text

Runs the whole pipeline as real processes, puts load on it, and lets faults come: see docs/guarantees.md. Then all faults
are taken back, and a witness judges by FinHub's ledger, all topics and what was acknowledged. Everything lies in
.onboarding/chaos/SEED/: report.md to read, report.json, the logs. Exit code 0: nothing was found; 1: something was.
`;

/** Reads the command line; `undefined` when the user asked for help. Throws a sentence for what it does not know. */
export function readArguments(argv: readonly string[]): ChaosArguments | undefined {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      seed: { type: 'string', default: '7' },
      minutes: { type: 'string', default: '10' },
      rate: { type: 'string', default: '2' },
      replicas: { type: 'string', default: '2' },
      keep: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  return {
    seed: numberIn('seed', values.seed, { least: 0, most: 1e9, isWhole: true }),
    lengthMs: numberIn('minutes', values.minutes, { least: 0.1, most: 24 * 60 }) * 60_000,
    rate: numberIn('rate', values.rate, { least: 0.1, most: 100 }),
    replicas: numberIn('replicas', values.replicas, { least: 1, most: 5, isWhole: true }),
    isDataKept: values.keep,
  };
}

function numberIn(
  name: string,
  text: string,
  { least, most, isWhole = false }: { least: number; most: number; isWhole?: boolean },
): number {
  const value = Number(text);
  const isGood =
    text.trim() !== '' && value >= least && value <= most && (!isWhole || Number.isInteger(value));
  if (!isGood)
    throw new Error(
      `--${name} takes a ${isWhole ? 'whole ' : ''}number from ${least} to ${most}, not "${text}".`,
    );
  return value;
}
