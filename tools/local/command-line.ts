/**
 * What a command was asked to do. `read` gives undefined where only help is wanted and throws a sentence where it cannot be
 * understood: then the process ends, with exit code 0 or 2, having printed the usage.
 */
export function readCommandLine<Arguments>(
  read: (args: readonly string[]) => Arguments | undefined,
  usage: string,
): Arguments {
  let wanted: Arguments | undefined;
  try {
    wanted = read(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    process.exit(2);
  }
  if (wanted !== undefined) return wanted;
  process.stdout.write(usage);
  process.exit(0);
}
