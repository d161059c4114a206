/** The value that this share of all is not above, rounded; e.g. 0.5 gives the median, 1 the largest. */
export function quantile(values: readonly number[], share: number): string {
  const sorted = values.toSorted((one, other) => one - other);
  return (sorted[Math.floor(share * (sorted.length - 1))] ?? NaN).toFixed(0);
}
