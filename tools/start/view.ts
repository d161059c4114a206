/** Where the run tells what happens: lines that stay, and a block at the end that is drawn anew. */
export interface View {
  /** A line that stays. */
  line(text: string): void;
  /** Shows the state now, one row each: redrawn on a terminal; in a pipe, rows that changed are new lines. */
  show(rows: readonly string[]): void;
  /** The block is final: what comes next comes below it. */
  settle(): void;
}

/** The view for an output: a terminal's rows are overwritten, anything else gets plain lines. */
export function createView(output: NodeJS.WriteStream): View {
  return output.isTTY ? new TerminalView(output) : new PlainView(output);
}

/** The part of an output that a view needs. */
export interface Output {
  write(text: string): unknown;
  readonly columns?: number;
}

/** Redraws the block in place: up over the rows of the last time, then each row anew. */
export class TerminalView implements View {
  #rows: readonly string[] = [];

  constructor(private readonly output: Output) {}

  line(text: string): void {
    this.output.write(`${this.#back()}${text}\n${this.#draw()}`);
  }

  show(rows: readonly string[]): void {
    const back = this.#back();
    this.#rows = rows.map((row) => row.slice(0, (this.output.columns ?? 80) - 1));
    this.output.write(back + this.#draw());
  }

  settle(): void {
    this.#rows = [];
  }

  #back(): string {
    return this.#rows.length === 0 ? '' : `\u001B[${this.#rows.length}A\u001B[J`;
  }

  #draw(): string {
    return this.#rows.map((row) => `${row}\n`).join('');
  }
}

/** Writes the rows that changed, as lines. */
export class PlainView implements View {
  #rows: readonly string[] = [];

  constructor(private readonly output: Output) {}

  line(text: string): void {
    this.output.write(`${text}\n`);
  }

  show(rows: readonly string[]): void {
    const last = new Set(this.#rows);
    for (const row of rows) if (!last.has(row)) this.line(row);
    this.#rows = rows;
  }

  settle(): void {
    this.#rows = [];
  }
}
