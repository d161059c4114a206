import { canonicalJson } from '#vault/sealing/canonical-json.js';
import { inputHash } from '#vault/sealing/keyed-hash.js';
import { VaultError, VaultHeld } from '#vault/vault-errors.js';
import type { VaultKeys } from '#vault/vault-keys.js';
import type { Vault } from '#vault/vault.js';
import type { PersonalData } from '#stage/stage-options.js';

/** What no second try would mend. */
const refusals = ['unknown_correction', 'correction_settled', 'correction_unusable'] as const;
/** What only a human can mend, and each in another way. */
const parkings = ['request_missing', 'vault_unreadable'] as const;

/** The vault, as the runtime needs it: seals, keyed hashes, corrections and erasure, but no personal data. */
export class VaultPersonalData implements PersonalData {
  constructor(
    private readonly vault: Vault,
    private readonly keys: VaultKeys,
  ) {}

  sealRecord(bytes: Buffer): Promise<string> {
    return this.vault.sealRecord(bytes);
  }

  fingerprint(input: unknown): string {
    return inputHash(this.keys, canonicalJson(input)).toString('base64url');
  }

  async acceptCorrection(
    onboardingId: string,
    correctionId: string,
  ): ReturnType<PersonalData['acceptCorrection']> {
    try {
      await this.vault.acceptCorrection(onboardingId, correctionId);
      return {};
    } catch (error) {
      const refusedAs = codeAmong(refusals, error);
      if (refusedAs !== undefined) return { refusedAs };
      // It would hold up every later command, an erasure too.
      if (this.parkingCodeOf(error) !== undefined) return { refusedAs: 'command_failed' };
      throw error;
    }
  }

  revertCorrection(onboardingId: string, correctionId: string): Promise<void> {
    return this.vault.revertCorrection(onboardingId, correctionId);
  }

  async erase(onboardingId: string): ReturnType<PersonalData['erase']> {
    try {
      return await this.vault.erase(onboardingId);
    } catch (error) {
      if (error instanceof VaultHeld) return 'held';
      throw error;
    }
  }

  parkingCodeOf(error: unknown): (typeof parkings)[number] | undefined {
    return codeAmong(parkings, error);
  }
}

function codeAmong<Code extends string>(codes: readonly Code[], error: unknown): Code | undefined {
  return codes.find((code) => error instanceof VaultError && error.code === code);
}
