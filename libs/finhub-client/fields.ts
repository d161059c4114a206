/** A readable answer lacks what the call is for. Never leaves this library: it becomes an `unreadable_answer`. */
export class Unreadable extends Error {}

/**
 * Reads an answer tolerantly: FinHub's pages disagree on names and places (CONTRACT.md b.4, U4, U6, U13), so every reader
 * takes several paths, dots between, and gives what the first one has.
 */
export class Fields {
  constructor(readonly value: unknown) {}

  /** The first string that is not empty; a number counts as its text. */
  text(...paths: string[]): string | undefined {
    for (const path of paths) {
      const value = this.#at(path);
      if (typeof value === 'string' && value !== '') return value;
      if (typeof value === 'number' && Number.isFinite(value)) return String(value);
    }
    return undefined;
  }

  /** As {@link text}, but the answer is unreadable without it. */
  need(...paths: string[]): string {
    const text = this.text(...paths);
    if (text === undefined) throw new Unreadable(`none of ${paths.join(', ')}`);
    return text;
  }

  /** The first boolean. */
  flag(...paths: string[]): boolean | undefined {
    return paths.map((path) => this.#at(path)).find((value) => typeof value === 'boolean');
  }

  /** The first list; with no path, the value itself if it is one. */
  items(...paths: string[]): Fields[] | undefined {
    const candidates = [this.value, ...paths.map((path) => this.#at(path))];
    return candidates.find((value) => Array.isArray(value))?.map((item) => new Fields(item));
  }

  /** As {@link items}, but the answer is unreadable without it: an absent list is no empty list. */
  needItems(...paths: string[]): Fields[] {
    const items = this.items(...paths);
    if (!items) throw new Unreadable(`no list in ${paths.join(', ')}`);
    return items;
  }

  /** The entries of an object at the path, none if there is no object. */
  entries(path?: string): [string, Fields][] {
    const value = path === undefined ? this.value : this.#at(path);
    return isRecord(value) ? Object.entries(value).map(([key, item]) => [key, new Fields(item)]) : [];
  }

  /** Whether it is an object (no list, not null). */
  get isObject(): boolean {
    return isRecord(this.value);
  }

  at(path: string): Fields {
    return new Fields(this.#at(path));
  }

  #at(path: string): unknown {
    let value = this.value;
    for (const key of path.split('.')) {
      if (!isRecord(value) || !Object.hasOwn(value, key)) return undefined;
      value = value[key];
    }
    return value;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
