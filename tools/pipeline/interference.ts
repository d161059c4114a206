/** A connection that a part of the pipeline makes to another. */
export interface Link {
  /** The name of a part, e.g. `registration-2`. */
  readonly from: string;
  readonly to: 'postgres' | 'kafka' | 'sandbox' | 'tracker' | 'gateway';
  /** Where the other listens now; known once it runs, and maybe another one after its restart. */
  readonly port: () => number;
}

/** How a tester gets between the parts; a pipeline that is used has none. */
export interface Interference {
  /** Gives the port that `from` is told instead of the other's own. */
  detour(link: Link): Promise<number>;
  /** Awaited before a process of this part is started, each time. */
  beforeStart(part: string): Promise<void>;
  /** Environment variables for the processes of this part, besides its settings. */
  environmentOf(part: string): Readonly<Record<string, string>>;
}
