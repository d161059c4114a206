import type { Journal } from './journal.js';

/** Things by id, in memory and, where there is one, in the state file: both in the same tick. */
export class Collection<Value> {
  private readonly values = new Map<string, Value>();

  constructor(
    private readonly name: string,
    private readonly journal?: Journal,
  ) {}

  get size(): number {
    return this.values.size;
  }

  get(id: string): Value | undefined {
    return this.values.get(id);
  }

  /** Oldest first. */
  all(): IterableIterator<Value> {
    return this.values.values();
  }

  put(id: string, value: Value): Value {
    this.values.set(id, value);
    this.journal?.append({ collection: this.name, id, value });
    return value;
  }

  delete(id: string): void {
    if (this.values.delete(id)) this.journal?.append({ collection: this.name, id });
  }

  /** Takes up what the state file kept; nothing is written. */
  restore(id: string, value: Value | undefined): void {
    if (value === undefined) this.values.delete(id);
    else this.values.set(id, value);
  }

  clear(): void {
    this.values.clear();
  }
}
