import { stopServers } from './global-setup.mjs';

export default async function globalTeardown() {
  if (globalThis.onboardingTestServers) await stopServers(globalThis.onboardingTestServers);
}
