/** How much risk a FinHub category stands for. */
export type CategoryRisk = 'standard' | 'medium' | 'high';

/**
 * The risk that a category's key or name speaks of, e.g. `HIGH_RISK_INDIVIDUAL`, without regard to case; `standard` where it
 * speaks of none, as an id does. FinHub tells it in no other way before a customer is registered (CONTRACT.md c.2.1).
 */
export function riskOf(category: string): CategoryRisk {
  if (speaksOf('high', category)) return 'high';
  return speaksOf('medium', category) ? 'medium' : 'standard';
}

function speaksOf(risk: string, category: string): boolean {
  return new RegExp(`(?<![a-z])${risk}[ _-]?risk`, 'u').test(category.toLowerCase());
}
