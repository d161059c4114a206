import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#platform/clock.js';
import {
  documentKey,
  missingTypes,
  readDocument,
  type DocumentOwner,
  type NewDocument,
} from '../documents/document.rules.js';
import type { Call } from '../http/call.js';
import { notFound, refuseInvalid } from '../http/refusal.js';
import { Magic } from '../magic/magic.js';
import { SETTINGS, type SandboxSettings } from '../sandbox.settings.js';
import type { Customer, StoredDocument, Verification } from '../state/customer.js';
import { Customers } from '../state/customers.js';
import { Ledger } from '../state/ledger.js';
import { Schedule } from '../state/schedule.js';
import { State } from '../state/state.js';
import { Tenants } from '../tenants.js';
import { Webhooks } from '../webhooks/webhooks.js';
import {
  closed,
  decided,
  isClosed,
  isMain,
  opened,
  refuseClosed,
  verificationKey,
  withDocument,
  type Opening,
  type Verdict,
} from './verification.rules.js';

/** Opens verifications, takes their documents and decides them. Repeats make second ones (U24). */
@Injectable()
export class Verifications {
  private readonly byCustomer = new Map<string, string[]>();

  constructor(
    private readonly state: State,
    private readonly customers: Customers,
    private readonly ledger: Ledger,
    private readonly magic: Magic,
    private readonly webhooks: Webhooks,
    private readonly schedule: Schedule,
    private readonly tenants: Tenants,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(SETTINGS) private readonly settings: SandboxSettings,
  ) {
    for (const verification of state.verifications.all()) {
      this.index(verification);
      this.scheduleDecision(verification);
    }
  }

  /** The oldest first; those that activation asks for. */
  of(customer: Customer): Verification[] {
    return this.allOf(customer).filter((verification) => isMain(customer, verification));
  }

  /** Throws 404 for another tenant's, 403 for another customer's. */
  get(call: Call, id: string): Verification {
    const verification = this.state.verifications.get(id);
    if (verification?.tenantId !== call.tenant.tenantId) throw notFound('Verification');
    this.customers.get(call, verification.customerId);
    return verification;
  }

  open(call: Call, customer: Customer, opening: Opening): Verification {
    const key = verificationKey(customer, opening.type, this.allOf(customer));
    const verification = opened(customer, opening, { id: randomUUID(), nowMs: this.nowMs() });
    this.index(this.save(verification));
    this.record('verification', customer, { key, objectId: verification.id });
    this.webhooks.emit(customer.tenantId, 'verification.submitted', {
      customerId: customer.id,
      verificationId: verification.id,
    });
    this.magic.afterEffect(call, customer, 'lost-verification');
    return verification;
  }

  upload(call: Call, id: string, body: NewDocument): StoredDocument {
    const before = this.get(call, id);
    refuseInvalid(wrongOwners(body, before));
    refuseClosed(before);
    const document = readDocument(body, { documentId: randomUUID(), nowMs: this.nowMs() });
    const customer = this.customers.get(call, before.customerId);
    const after = this.withDecisionTime(withDocument(before, document), customer);
    this.scheduleDecision(this.save(after));
    this.record('document', customer, {
      key: documentKey(id, document, before.documents),
      objectId: document.documentId,
    });
    this.magic.afterEffect(call, customer, 'lost-upload');
    return document;
  }

  decide(call: Call, id: string, verdict: Verdict): Verification {
    const before = this.get(call, id);
    const customer = this.customers.get(call, before.customerId);
    const after = decided(before, verdict, {
      nowMs: this.nowMs(),
      tags: customer.tags,
      owner: this.ownerOf(customer),
      needsDocuments: this.settings.SANDBOX_SWITCHES.includes('strict-documents'),
      slowDecisionMs: this.settings.SANDBOX_SLOW_DECISION_MS,
    });
    this.save(after);
    this.record('approve', customer, { key: id, objectId: id });
    if (!isClosed(after)) this.scheduleDecision(after);
    else if (!isClosed(before)) this.tellVerdict(after);
    return after;
  }

  /** What documents are asked of a customer. */
  ownerOf({ kind, tenantId }: Customer): DocumentOwner {
    const riskLevel = this.tenants.find(tenantId)?.individualRiskLevel ?? 'LOW';
    return { kind, riskLevel };
  }

  forget(): void {
    this.byCustomer.clear();
  }

  private allOf(customer: Customer): Verification[] {
    const ids = this.byCustomer.get(customer.id) ?? [];
    return ids.flatMap((id) => this.state.verifications.get(id) ?? []);
  }

  private index({ id, customerId }: Verification): void {
    this.byCustomer.set(customerId, [...(this.byCustomer.get(customerId) ?? []), id]);
  }

  private save(verification: Verification): Verification {
    return this.state.verifications.put(verification.id, verification);
  }

  /** Once all required documents are there, the clock runs; each further document starts it anew. */
  private withDecisionTime(verification: Verification, customer: Customer): Verification {
    const delayMs = customer.tags.includes('kyb-slow')
      ? this.settings.SANDBOX_SLOW_DECISION_MS
      : this.settings.SANDBOX_AUTO_DECISION_MS;
    const isComplete = missingTypes(this.ownerOf(customer), verification.documents).length === 0;
    if (delayMs === 0 || !isComplete) return verification;
    return { ...verification, decideAt: this.nowMs() + delayMs };
  }

  private scheduleDecision({ id, decideAt }: Verification): void {
    if (decideAt === undefined) return;
    this.schedule.after(decideAt - this.nowMs(), () => {
      const now = this.state.verifications.get(id);
      const customer = now && this.customers.find(now.tenantId, now.customerId);
      if (!customer || isClosed(now) || now.decideAt !== decideAt) return;
      const after = closed(now, { tags: customer.tags, nowMs: this.nowMs() });
      // In this order a death in between tells twice, not never.
      this.tellVerdict(after);
      this.save(after);
    });
  }

  private tellVerdict({ id, customerId, tenantId, status }: Verification): void {
    const type = status === 'APPROVED' ? 'verification.approved' : 'verification.rejected';
    this.webhooks.emit(tenantId, type, { customerId, verificationId: id });
  }

  private record(
    kind: 'verification' | 'document' | 'approve',
    { tenantId }: Customer,
    effect: { key: string; objectId: string },
  ): void {
    this.ledger.record({ kind, tenantId, ...effect, at: this.nowMs() });
  }

  private nowMs(): number {
    return this.clock.now().getTime();
  }
}

function wrongOwners(body: NewDocument, { id, customerId }: Verification) {
  const repeats = [
    ['verificationId', body.verificationId, id],
    ['customerId', body.customerId, customerId],
    ['organizationId', body.organizationId, customerId],
  ] as const;
  return repeats
    .filter(([, given, right]) => given !== undefined && given !== right)
    .map(([field]) => ({ field, message: 'is not that of the verification' }));
}
