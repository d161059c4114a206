import { InvalidArgumentError, Option } from 'commander';
import { Failure } from './surroundings.js';

/** Makes a reader of an option's value of a function that throws {@link Failure}: commander then names the option. */
export function parsed<Value>(parse: (text: string) => Value): (text: string) => Value {
  return (text) => {
    try {
      return parse(text);
    } catch (error) {
      if (error instanceof Failure) throw new InvalidArgumentError(error.message);
      throw error;
    }
  };
}

/** What {@link tenantOption} gives. */
export interface TenantOption {
  readonly tenant?: string | undefined;
}

/** `--tenant`, for a command about one onboarding. */
export function tenantOption(): Option {
  return new Option(
    '--tenant <tenant>',
    'its tenant, where the key is of every tenant and it ended long ago',
  );
}

/** Reads a whole number from `min` to `max`. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return parsed((text) => {
    const value = /^\d{1,9}$/u.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    throw new Failure(`Give a whole number from ${String(min)} to ${String(max)}.`, 2);
  });
}
