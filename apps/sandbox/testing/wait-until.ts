/** Looks again until `look` gives something; throws after five seconds. */
export async function waitUntil<Result>(
  look: () => Promise<Result | undefined> | Result | undefined,
): Promise<Result> {
  const endsAt = performance.now() + 5_000;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > endsAt) throw new Error(`never came true: ${look.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
