/** The content types that FinHub takes as documents (CONTRACT.md c.4.2). */
export const documentMimeTypes = ['application/pdf', 'image/jpeg', 'image/png'] as const;
export type DocumentMimeType = (typeof documentMimeTypes)[number];

const magicNumbers: Readonly<Record<DocumentMimeType, Buffer>> = {
  'application/pdf': Buffer.from('%PDF-'),
  'image/jpeg': Buffer.from([0xff, 0xd8, 0xff]),
  'image/png': Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
};

/** How many bytes {@link isMagicOf} wants to see at most. */
export const magicBytesMax = 8;

/** Whether a content that begins with `head` is of that type, as far as its first bytes tell. */
export function isMagicOf(mimeType: DocumentMimeType, head: Buffer): boolean {
  const magic = magicNumbers[mimeType];
  return head.subarray(0, magic.length).equals(magic);
}
