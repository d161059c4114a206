/** How a text may lie in another: as it is, in hex (as Postgres writes bytes), or anywhere within a base64 text. */
export function formsOf(canary: string): string[] {
  const bytes = Buffer.from(canary);
  const inBase64 = [0, 1, 2].map((shift) =>
    Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .slice(4, -4),
  );
  return [canary, bytes.toString('hex'), ...inBase64];
}
