import { Param, Query, Req, UseInterceptors } from '@nestjs/common';
import { FileInterceptor } from '@nestjs/platform-express';
import { answer, type Answer } from '../http/answer.js';
import { TheCall, type Call } from '../http/call.js';
import { FinhubCall, FinhubController } from '../http/finhub-controller.js';
import { page, type PageQuery } from '../http/page.js';
import { OpenApi } from '../http/open-api.js';
import { invalid, refuseInvalid } from '../http/refusal.js';
import type { Customer } from '../state/customer.js';
import { Customers } from '../state/customers.js';
import { CustomerDocuments, type SentFile } from './customer-documents.js';
import { shownDocument } from './document.rules.js';

/** What multer makes of a `multipart/form-data` request. */
interface MultipartRequest {
  readonly file?: { readonly originalname: string; readonly mimetype: string; readonly buffer: Buffer };
  readonly body?: { readonly documentType?: string; readonly category?: string };
}

const oneFile = FileInterceptor('file', { limits: { fileSize: 30_000_000, files: 1 } });

/** c.2.5 and c.3.7: the lists, which also show what c.4.2 took (U24), and the older way of uploading. */
@FinhubController('v2.1/customer')
export class DocumentsController {
  constructor(
    private readonly customers: Customers,
    private readonly documents: CustomerDocuments,
    private readonly openApi: OpenApi,
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

  @FinhubCall('POST', 'individual/:customerId/documents', { bearer: 'any' })
  @UseInterceptors(oneFile)
  toIndividual(
    @TheCall() call: Call,
    @Param('customerId') id: string,
    @Req() request: MultipartRequest,
  ): Answer {
    return this.add(call, this.customers.get(call, id, 'individual'), request);
  }

  @FinhubCall('POST', 'organization/:organizationId/documents', { bearer: 'any' })
  @UseInterceptors(oneFile)
  toOrganization(
    @TheCall() call: Call,
    @Param('organizationId') id: string,
    @Req() request: MultipartRequest,
  ): Answer {
    return this.add(call, this.customers.get(call, id, 'organization'), request);
  }

  private list(customer: Customer, query: PageQuery): Answer {
    const { items, pagination } = page(this.documents.of(customer), query);
    const documents = items.map(({ document, isVerified }) => shownDocument(document, isVerified));
    return answer({ documents, pagination });
  }

  /** A form is read after the guard has let the call in: only here it can be held against the file. */
  private add({ operation }: Call, customer: Customer, request: MultipartRequest): Answer {
    const file = sentFile(request);
    const fields = { ...request.body, file: file.fileName };
    refuseInvalid(this.openApi.operation(operation)?.formFaults(fields) ?? []);
    const document = this.documents.add(customer, file);
    return answer({ ...shownDocument(document, false), customerId: customer.id });
  }
}

function sentFile({ file, body }: MultipartRequest): SentFile {
  if (!file) throw invalid([{ field: 'file', message: 'is required' }]);
  return {
    documentType: body?.documentType ?? '',
    documentCategory: body?.category ?? '',
    fileName: file.originalname,
    mimeType: file.mimetype,
    content: file.buffer,
  };
}
