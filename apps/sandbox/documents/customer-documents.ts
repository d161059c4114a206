import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#platform/clock.js';
import { refuseInvalid } from '../http/refusal.js';
import type { Customer, StoredDocument } from '../state/customer.js';
import { Customers } from '../state/customers.js';
import { Ledger } from '../state/ledger.js';
import { Verifications } from '../verifications/verifications.js';
import { documentKey, fileFaults, mimeTypes, storedDocument } from './document.rules.js';

/** A document that was sent as a file. */
export interface SentFile {
  readonly documentType: string;
  readonly documentCategory: string;
  readonly fileName: string;
  readonly mimeType: string;
  readonly content: Buffer;
}

/** The documents of a customer, whichever call took them (U24). */
@Injectable()
export class CustomerDocuments {
  constructor(
    private readonly customers: Customers,
    private readonly verifications: Verifications,
    private readonly ledger: Ledger,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The verification's documents first; they are verified by its approval (U18). */
  of(customer: Customer): { document: StoredDocument; isVerified: boolean }[] {
    const ofVerifications = this.verifications
      .of(customer)
      .flatMap(({ documents, status }) =>
        documents.map((document) => ({ document, isVerified: status === 'APPROVED' })),
      );
    return [...ofVerifications, ...customer.documents.map((document) => ({ document, isVerified: false }))];
  }

  /** Throws 400 with every fault of the file. A repeat makes a second document (U24). */
  add(customer: Customer, file: SentFile): StoredDocument {
    refuseInvalid([
      ...(mimeTypes.includes(file.mimeType) ? [] : [{ field: 'file', message: 'is no PDF, JPEG or PNG' }]),
      ...fileFaults({ ...file, sizeBytes: file.content.length }),
    ]);
    const nowMs = this.clock.now().getTime();
    const document = storedDocument(file, file.content, { documentId: randomUUID(), nowMs });
    this.customers.save({ ...customer, documents: [...customer.documents, document] });
    this.ledger.record({
      kind: 'document',
      tenantId: customer.tenantId,
      key: documentKey(customer.id, document, customer.documents),
      objectId: document.documentId,
      at: nowMs,
    });
    return document;
  }
}
