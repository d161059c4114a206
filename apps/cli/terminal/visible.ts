/** Text of others, safe for a terminal: without control characters that could move its cursor or reverse its lines. */
export function visible(text: string): string {
  return text.replaceAll(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/gu, '\ufffd');
}
