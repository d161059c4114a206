import type { Query } from '../database.js';
import { open, seal } from '../sealing/aes-gcm.js';
import { unwrapDataKey } from '../sealing/data-key.js';
import { VaultErased, VaultMissing } from '../vault-errors.js';
import type { VaultKeys } from '../vault-keys.js';

/** The sealed columns of an admission, by the names of their fields. */
const sealedColumns = {
  request: 'sealed_request',
  passwords: 'sealed_passwords',
  'generated-password': 'sealed_generated_password',
  iban: 'sealed_iban',
  'hold-reason': 'sealed_hold_reason',
} as const;

/** A sealed value of an admission. */
export type SealedField = keyof typeof sealedColumns;

/** In the order of their proposals: the later one wins, whichever was accepted first. */
const accepted = `correction.onboarding_id = admission.onboarding_id and state = 'accepted' order by position`;

const loadSealed = `
  select admission.*,
    array(select correction_id::text from vault.correction where ${accepted}) as correction_ids,
    array(select sealed_change from vault.correction where ${accepted}) as sealed_changes,
    array(select sealed_passwords from vault.correction where ${accepted}) as sealed_change_passwords
  from vault.admission where onboarding_id = $1`;

interface SealedRow extends Readonly<Record<(typeof sealedColumns)[SealedField], Buffer | null>> {
  readonly tenant_id: string;
  readonly erased_at: Date | null;
  readonly kek_id: string | null;
  readonly wrapped_key: Buffer | null;
  readonly passwords_destroyed_at: Date | null;
  readonly correction_ids: string[];
  readonly sealed_changes: Buffer[];
  readonly sealed_change_passwords: (Buffer | null)[];
}

/** An accepted correction, still sealed. */
export interface SealedCorrection {
  readonly correctionId: string;
  readonly change: Buffer;
  readonly passwords: Buffer | null;
}

/** One onboarding's sealed values, with the key to open them and to seal more of them. */
export class SealedAdmission {
  private readonly dataKey: Buffer;
  readonly tenantId: string;
  readonly hasDestroyedPasswords: boolean;
  readonly corrections: readonly SealedCorrection[];

  constructor(
    keys: VaultKeys,
    readonly onboardingId: string,
    private readonly row: SealedRow,
  ) {
    if (row.erased_at !== null || row.kek_id === null || row.wrapped_key === null)
      throw new VaultErased(onboardingId);
    this.dataKey = unwrapDataKey(keys, { kekId: row.kek_id, wrapped: row.wrapped_key }, { onboardingId });
    this.tenantId = row.tenant_id;
    this.hasDestroyedPasswords = row.passwords_destroyed_at !== null;
    this.corrections = row.correction_ids.map((correctionId, index) => ({
      correctionId,
      change: row.sealed_changes[index] ?? Buffer.alloc(0),
      passwords: row.sealed_change_passwords[index] ?? null,
    }));
  }

  /** The plain value of a column, `undefined` where there is none. */
  read(field: SealedField): Buffer | undefined {
    const sealed = this.row[sealedColumns[field]];
    return sealed === null ? undefined : this.open(field, sealed);
  }

  open(field: string, sealed: Buffer): Buffer {
    return open(this.dataKey, sealed, { onboardingId: this.onboardingId, field });
  }

  seal(field: string, plain: string): Buffer {
    return seal(this.dataKey, Buffer.from(plain), { onboardingId: this.onboardingId, field });
  }
}

/** Throws {@link VaultMissing} and {@link VaultErased}. */
export async function loadSealedAdmission(
  query: Query,
  keys: VaultKeys,
  onboardingId: string,
): Promise<SealedAdmission> {
  const [row] = await query<SealedRow>(loadSealed, [onboardingId]);
  if (row === undefined) throw new VaultMissing(onboardingId);
  return new SealedAdmission(keys, onboardingId, row);
}
