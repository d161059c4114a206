import { copyFileSync, readdirSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';

const checkIntervalMs = 5_000;
const bytesMax = 20_000_000;

/**
 * Keeps every log in a folder below a bound: one that grew over it is copied to `NAME.previous` and emptied. Its writer
 * appends, so it goes on at the start. Returns how to stop.
 */
export function boundLogs(folder: string): () => void {
  const timer = setInterval(() => {
    boundOnce(folder, bytesMax);
  }, checkIntervalMs);
  timer.unref();
  return () => {
    clearInterval(timer);
  };
}

/** One round of {@link boundLogs}. */
export function boundOnce(folder: string, limitBytes: number): void {
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.log'))) {
    const file = join(folder, name);
    if (statSync(file).size <= limitBytes) continue;
    copyFileSync(file, `${file}.previous`);
    truncateSync(file);
  }
}
