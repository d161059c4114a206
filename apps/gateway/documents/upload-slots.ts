/** What one process takes in at the same time. */
export interface UploadBounds {
  readonly uploadsMax: number;
  readonly bytesMax: number;
}

/**
 * Bounds the uploads under way in this process, by number and by the bytes that they announce. An upload takes a slot
 * before its first byte is read and gives it back whatever becomes of it.
 */
export class UploadSlots {
  private uploads = 0;
  private bytes = 0;

  constructor(private readonly bounds: UploadBounds) {}

  /** Gives the function that frees the slot, once; `undefined` when there is no room for an upload of that size now. */
  take(bytes: number): (() => void) | undefined {
    const { uploadsMax, bytesMax } = this.bounds;
    if (this.uploads >= uploadsMax || this.bytes + bytes > bytesMax) return undefined;
    this.uploads += 1;
    this.bytes += bytes;
    let isTaken = true;
    return () => {
      if (!isTaken) return;
      isTaken = false;
      this.uploads -= 1;
      this.bytes -= bytes;
    };
  }
}
