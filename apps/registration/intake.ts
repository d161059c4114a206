import { UnreadableRecord, type OnboardingEvent } from '#contracts/envelope.js';
import { onboardingRefused } from '#contracts/events.js';
import { parseRequested } from '#contracts/intake.js';
import type { Requested } from '#contracts/requested.js';
import type { Clock } from '#platform/clock.js';
import type { Admission, Admitted, ConsumedRecord } from '#stage/stage-options.js';
import { UnreadableSeal } from '#vault/vault-errors.js';
import type { AdmissionVerdict } from '#vault/admission.js';
import type { Vault } from '#vault/vault.js';

interface Request {
  readonly event: OnboardingEvent<Requested>;
  /** Absent where the gateway has put it into the vault. */
  readonly body?: unknown;
}

/**
 * Admission at the intake topic: the vault decides which requests are new, for a whole fetch in one statement. What goes on
 * from here has no personal data: the request is in the vault.
 */
export class Intake implements Admission {
  constructor(
    private readonly vault: Vault,
    private readonly clock: Clock,
  ) {}

  async admit(records: readonly ConsumedRecord[]): Promise<readonly Admitted[]> {
    const read = await Promise.all(records.map((record) => this.read(record)));
    const inline = read.filter((entry): entry is Required<Request> => 'body' in entry);
    const verdicts = await this.vault.admit(
      inline.map(({ event: { onboardingId, tenantId, requestId, applicantKind }, body }) => ({
        onboardingId,
        tenantId,
        requestId,
        applicantKind,
        body,
      })),
    );
    const verdictOf = new Map<unknown, AdmissionVerdict | undefined>(
      inline.map((request, index) => [request, verdicts[index]]),
    );
    return Promise.all(read.map((entry) => this.judge(entry, verdictOf.get(entry))));
  }

  private async judge(entry: Request | Admitted, verdict: AdmissionVerdict | undefined): Promise<Admitted> {
    if ('verdict' in entry) return entry;
    return verdict === undefined ? this.vaulted(entry) : judge(entry, verdict);
  }

  private async read(record: ConsumedRecord): Promise<Request | (Admitted & { verdict: 'unreadable' })> {
    try {
      const event = parseRequested(record.value, this.clock.now());
      if ('isVaulted' in event.data) return { event };
      if ('request' in event.data) return { event, body: event.data.request };
      return { event, body: await this.vault.openSealed(event.data.sealed, event.onboardingId) };
    } catch (error) {
      if (error instanceof UnreadableRecord) return { verdict: 'unreadable', reason: error.reason };
      if (error instanceof UnreadableSeal) return { verdict: 'unreadable', reason: error.code };
      throw error;
    }
  }

  private async vaulted(request: Request): Promise<Admitted> {
    const admission = await this.vault.admissionById(request.event.onboardingId);
    if (admission === undefined) return { verdict: 'unreadable', reason: 'not_in_the_vault' };
    if (admission.isErased) return { verdict: 'ignored' };
    return admitted({ event: { ...request.event, applicantKind: admission.applicantKind } });
  }
}

/** A repeat is handed on like a new one: the stage's own row decides, should a crash have come between. */
function judge(request: Request, verdict: AdmissionVerdict): Admitted {
  if (verdict === 'new' || verdict === 'repeat') return admitted(request);
  if (verdict === 'erased') return { verdict: 'ignored' };
  if (verdict === 'unstorable') return { verdict: 'unreadable', reason: 'unstorable' };
  return { verdict: 'refused', event: request.event, fact: onboardingRefused({ code: 'request_conflict' }) };
}

function admitted({ event }: Request): Admitted {
  return { verdict: 'admitted', event: { ...event, data: { isVaulted: true } satisfies Requested } };
}
