const names = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'code' });

/** FinHub's samples name countries in English; inside they are ISO-2 codes (CONTRACT.md U28). */
export function countryName(code: string): string {
  return names.of(code) ?? code;
}
