import { parseArgs } from 'node:util';
import type { Stage } from '#contracts/contract.js';
import { stageServices } from '../setup/services.js';
import { allKinds, lostKinds, usualKinds, type Kind } from './kinds.js';

/** What the user asked of `npm run crash-matrix`. */
export interface MatrixArguments {
  readonly stages: readonly Stage[];
  readonly kinds: readonly Kind[];
  /** Only edges whose name has this text. */
  readonly edges: string | undefined;
  /** Also what is only the same once more. */
  readonly isEvery: boolean;
  readonly seats: number;
  /** Count the edges and end. */
  readonly isListOnly: boolean;
}

const otherKinds = allKinds.filter((kind) => !usualKinds.includes(kind));

/** What `--help` prints. */
export const usage = `npm run crash-matrix -- [options]

Kills a process of each stage at each of its edges to the outside (every statement to Postgres, every send, fetch and offset
commit to Kafka, both ends of every call to FinHub), before and after the effect, starts it again, and has the witness judge.
Everything runs on this machine. Without a filter the table is written to docs/crash-matrix.md.

  --stage NAME      only this stage: ${stageServices.join(', ')}; may be given several times
  --kind KIND       this kind of applicant, may be given several times; ${usualKinds.join(', ')}
                    others: ${otherKinds.slice(0, 5).join(', ')},
                    ${otherKinds.slice(5).join(', ')};
                    lost: every kind that loses an answer
  --edges TEXT      only edges whose name has this text, e.g. "registerIndividual" or "Kafka: send"
  --every           also the middle ones of many alike (documents, consents, commands)
  --seats N         processes of the stage under test, so cases at a time; 8
  --list            only count the edges and print them
  --help            this text
`;

const seatsDefault = '8';

/** Reads the command line; `undefined` when the user asked for help. Throws a sentence for what it does not know. */
export function readArguments(argv: readonly string[]): MatrixArguments | undefined {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      stage: { type: 'string', multiple: true },
      kind: { type: 'string', multiple: true },
      edges: { type: 'string' },
      every: { type: 'boolean', default: false },
      seats: { type: 'string', default: seatsDefault },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  return {
    stages: values.stage?.map((name) => oneOf('--stage', stageServices, name)) ?? stageServices,
    kinds: values.kind === undefined ? usualKinds : [...new Set(values.kind.flatMap(kindsNamed))],
    edges: values.edges,
    isEvery: values.every,
    seats: seatsOf(values.seats),
    isListOnly: values.list,
  };
}

/** True when the whole matrix was asked for. */
export function isWhole({ stages, kinds: asked, edges }: MatrixArguments): boolean {
  const isUsual = asked.length === usualKinds.length && usualKinds.every((kind) => asked.includes(kind));
  return stages.length === stageServices.length && isUsual && edges === undefined;
}

function kindsNamed(name: string): readonly Kind[] {
  const kind = oneOf('--kind', [...allKinds, 'lost'], name);
  return kind === 'lost' ? lostKinds : [kind];
}

function oneOf<Name extends string>(option: string, names: readonly Name[], given: string): Name {
  const found = names.find((name) => name === given);
  if (found === undefined) throw new Error(`${option} ${given}: give one of ${names.join(', ')}.`);
  return found;
}

function seatsOf(given: string): number {
  const seats = Number(given);
  if (!Number.isInteger(seats) || seats < 1 || seats > 24)
    throw new Error(`--seats ${given}: give a whole number from 1 to 24.`);
  return seats;
}
