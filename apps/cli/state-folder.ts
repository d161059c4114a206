import { resolve } from 'node:path';

/** The folder in which `npm start` and `onboard` keep what they make: `.onboarding/` of the repository, or ONBOARDING_DIRECTORY. */
export function stateFolderOf(root: string, env: Readonly<Record<string, string | undefined>>): string {
  return resolve(root, env['ONBOARDING_DIRECTORY'] || '.onboarding');
}
