/** A Lithuanian IBAN with valid check digits (ISO 13616), from any id written in hex. */
export function ibanOf(hexId: string): string {
  const digits = BigInt(`0x${hexId.replaceAll('-', '').slice(0, 14)}`) % 10n ** 16n;
  const account = digits.toString().padStart(16, '0');
  // L is 21, T is 29.
  const check = 98n - (BigInt(`${account}212900`) % 97n);
  return `LT${check.toString().padStart(2, '0')}${account}`;
}
