const names = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'code' });
/** At most one entry per two letters; a look-up in the locale's data costs as much as a tenth of a call. */
const known = new Map<string, string>();

/** FinHub's samples name countries in English; inside they are ISO-2 codes (CONTRACT.md U28). */
export function countryName(code: string): string {
  const name = known.get(code) ?? names.of(code) ?? code;
  known.set(code, name);
  return name;
}
