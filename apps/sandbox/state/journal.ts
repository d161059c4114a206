import {
  closeSync,
  existsSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
  writeSync,
} from 'node:fs';

/** One change: the value that an id has from now on; without a value it is gone. */
export interface JournalEntry {
  readonly collection: string;
  readonly id: string;
  readonly value?: unknown;
}

/**
 * The state file: one JSON line per change, written before the call is answered, so that a killed sandbox has forgotten
 * nothing that it said. It holds test data and webhook secrets and is readable by its owner only.
 */
export class Journal {
  private readonly descriptor: number;

  private constructor(file: string) {
    this.descriptor = openSync(file, 'a', 0o600);
  }

  /** Opens the file, with one line per id left in it, and gives what it holds. A half-written last line is dropped. */
  static open(file: string): { journal: Journal; entries: JournalEntry[] } {
    const entries = existsSync(file) ? latest(readFileSync(file, 'utf8').split('\n')) : [];
    const compacted = `${file}.new`;
    writeFileSync(compacted, entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''), { mode: 0o600 });
    renameSync(compacted, file);
    return { journal: new Journal(file), entries };
  }

  append(entry: JournalEntry): void {
    writeSync(this.descriptor, `${JSON.stringify(entry)}\n`);
  }

  /** Forgets everything. */
  truncate(): void {
    ftruncateSync(this.descriptor);
  }

  close(): void {
    closeSync(this.descriptor);
  }
}

function latest(lines: string[]): JournalEntry[] {
  const byId = new Map<string, JournalEntry>();
  for (const line of lines) {
    const entry = parsed(line);
    if (!entry) continue;
    const key = `${entry.collection} ${entry.id}`;
    if (entry.value === undefined) byId.delete(key);
    else byId.set(key, entry);
  }
  return [...byId.values()];
}

function parsed(line: string): JournalEntry | undefined {
  try {
    return JSON.parse(line) as JournalEntry;
  } catch {
    return undefined;
  }
}
