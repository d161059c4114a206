/** What a command has to do with the world; a test gives its own. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The repository's folder: `.onboarding/` is in it. */
  readonly root: string;
  /** Writes results. */
  readonly out: (text: string) => void;
  /** Writes progress and what went wrong. */
  readonly err: (text: string) => void;
  /** Whether a person looks at `err`: progress may rewrite its line. */
  readonly isTerminal: boolean;
  /** Aborted by Ctrl-C: finish what is under way and say where it stands. */
  readonly stopped: AbortSignal;
  /** Resolves after that time, at once when stopped. */
  readonly wait: (ms: number) => Promise<void>;
  readonly monotonicMs: () => number;
}

/** Something that ends the command with one sentence; never a bug of ours. Exit code 1, or 2 for wrong usage. */
export class Failure extends Error {
  constructor(
    sentence: string,
    readonly exitCode: 1 | 2 = 1,
  ) {
    super(sentence);
    this.name = 'Failure';
  }
}
