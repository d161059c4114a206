import { randomUUID } from 'node:crypto';
import { Body, Inject, Param, Query, UploadedFile, UseInterceptors } from '@nestjs/common';
import { FileInterceptor } from '@nestjs/platform-express';
import { CLOCK, type Clock } from '#platform/clock.js';
import { answer, type Answer } from '../http/answer.js';
import { TheCall, type Call } from '../http/call.js';
import { FinhubCall, FinhubController } from '../http/finhub-controller.js';
import { page, type PageQuery } from '../http/page.js';
import { invalid, refuseInvalid } from '../http/refusal.js';
import type { Customer, CustomerKind } from '../state/customer.js';
import { Customers } from '../state/customers.js';
import { Ledger } from '../state/ledger.js';
import { isClosed } from '../verifications/verification.rules.js';
import { Verifications } from '../verifications/verifications.js';
import { fileFaults, isSameDocument, shownDocument, storedDocument } from './document.rules.js';

const mimeTypes = ['application/pdf', 'image/jpeg', 'image/png'];

/** What multer leaves of an uploaded file. */
interface UploadedFileContent {
  readonly originalname: string;
  readonly mimetype: string;
  readonly buffer: Buffer;
}

/** c.2.5 and c.3.7: the older way of uploading, and the lists, which also show what c.4.2 took (U24). */
@FinhubController('v2.1/customer')
export class DocumentsController {
  constructor(
    private readonly customers: Customers,
    private readonly verifications: Verifications,
    private readonly ledger: Ledger,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @FinhubCall('GET', 'individual/:customerId/documents', { bearer: 'any' })
  ofIndividual(@TheCall() call: Call, @Param('customerId') id: string, @Query() query: PageQuery): Answer {
    return this.list(this.customers.get(call, id, 'individual'), query);
  }

  @FinhubCall('GET', 'organization/:organizationId/documents', { bearer: 'any' })
  ofOrganization(
    @TheCall() call: Call,
    @Param('organizationId') id: string,
    @Query() query: PageQuery,
  ): Answer {
    return this.list(this.customers.get(call, id, 'organization'), query);
  }

  @FinhubCall('POST', ['individual/:id/documents', 'organization/:id/documents'], { bearer: 'any' })
  @UseInterceptors(FileInterceptor('file', { limits: { fileSize: 30_000_000, files: 1 } }))
  upload(
    @TheCall() call: Call,
    @Param('id') id: string,
    @Body() body: { documentType?: string; category?: string } | undefined,
    @UploadedFile() file: UploadedFileContent | undefined,
  ): Answer {
    const kind: CustomerKind = call.operation.includes('/individual/') ? 'individual' : 'organization';
    const customer = this.customers.get(call, id, kind);
    if (!file) throw invalid([{ field: 'file', message: 'is required' }]);
    const { originalname: fileName, mimetype: mimeType, buffer } = file;
    const documentType = body?.documentType ?? '';
    refuseInvalid([
      ...(documentType ? [] : [{ field: 'documentType', message: 'is required' }]),
      ...(mimeTypes.includes(mimeType) ? [] : [{ field: 'file', message: 'is no PDF, JPEG or PNG' }]),
      ...fileFaults({ fileName, documentType, sizeBytes: buffer.length }),
    ]);
    const made = { documentId: randomUUID(), nowMs: this.clock.now().getTime() };
    const described = { documentType, fileName, mimeType, documentCategory: body?.category ?? '' };
    const document = storedDocument(described, buffer, made);
    this.customers.save({ ...customer, documents: [...customer.documents, document] });
    const first = customer.documents.find((each) => isSameDocument(each, document)) ?? document;
    this.ledger.record({
      kind: 'document',
      tenantId: customer.tenantId,
      key: `${id}:${first.type}:${first.fileName}:${first.sha256.slice(0, 16)}`,
      objectId: document.documentId,
      at: made.nowMs,
    });
    return answer({ ...shownDocument(document, false), customerId: id });
  }

  private list(customer: Customer, query: PageQuery): Answer {
    const verified = this.verifications.of(customer).flatMap((verification) =>
      verification.documents.map((document) => ({
        document,
        isVerified: isClosed(verification) && verification.status === 'APPROVED',
      })),
    );
    const own = customer.documents.map((document) => ({ document, isVerified: false }));
    const { items, pagination } = page([...verified, ...own], query);
    const documents = items.map(({ document, isVerified }) => shownDocument(document, isVerified));
    return answer({ documents, pagination });
  }
}
