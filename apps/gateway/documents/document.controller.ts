import { Controller, HttpCode, HttpStatus, Param, Put, Req, UseGuards } from '@nestjs/common';
import type { Request } from 'express';
import { z } from 'zod';
import { identifier } from '#contracts/envelope.js';
import { onboardingIdOf } from '#contracts/onboarding-id.js';
import { documentSchema } from '#contracts/request.js';
import type { ApiKey } from '../api-keys/api-key.js';
import { ApiKeyGuard, NeedsScope, TenantCaller, tenantQuerySchema } from '../api-keys/api-key.guard.js';
import { oneTenantOf } from '../api-keys/tenant-of.js';
import { Described } from '../documentation/described.js';
import { readParameters } from '../http/read-input.js';
import { OnboardingFinder } from '../onboardings/onboarding-finder.js';
import { discardRest } from './discard-rest.js';
import { DocumentUpload, type IncomingDocument } from './document-upload.js';
import { documentMimeTypes } from './magic-number.js';

const nameSchema = z.object({ documentId: documentSchema.shape.id });
const byRequestSchema = nameSchema.extend({ requestId: identifier });

/** Documents that are too large for the request come by themselves, before or after it, as they are: no form, no base64. */
@Controller('v1/onboardings')
@UseGuards(ApiKeyGuard)
@NeedsScope('submit')
export class DocumentController {
  constructor(
    private readonly onboardings: OnboardingFinder,
    private readonly upload: DocumentUpload,
  ) {}

  @Put('by-request/:requestId/documents/:documentId')
  @Described({
    summary: 'Uploads a document before or after its request, by the id of the request; to 20 MB.',
    path: byRequestSchema,
    query: tenantQuerySchema,
    bytes: documentMimeTypes,
    answers: { 200: 'Stored; sent again with the same bytes it stays as it is.' },
    problems: {
      400: 'document_empty',
      404: 'document_unknown',
      408: 'request_timeout',
      409: 'document_conflict',
      413: 'document_too_large',
      415: 'content_type_unsupported',
      503: 'temporarily_unavailable',
    },
  })
  @HttpCode(HttpStatus.OK)
  async putByRequest(
    @TenantCaller() caller: ApiKey,
    @Param() path: unknown,
    @Req() request: Request,
  ): Promise<object> {
    const { requestId, documentId } = readParameters(byRequestSchema, path);
    const tenantId = oneTenantOf(caller, undefined);
    const onboardingId = onboardingIdOf(tenantId, requestId);
    const admission = await this.onboardings.find(caller, onboardingId);
    return this.store({ onboardingId, tenantId, requestId, admission, name: documentId }, request);
  }

  @Put(':onboardingId/documents/:documentId')
  @Described({
    summary: 'Uploads a document that an admitted request declares; to 20 MB.',
    path: nameSchema.extend({ onboardingId: z.uuid() }),
    query: tenantQuerySchema,
    bytes: documentMimeTypes,
    answers: { 200: 'Stored; sent again with the same bytes it stays as it is.' },
    problems: {
      400: 'document_empty',
      404: 'document_unknown',
      408: 'request_timeout',
      409: 'document_conflict',
      413: 'document_too_large',
      415: 'content_type_unsupported',
      503: 'temporarily_unavailable',
    },
  })
  @HttpCode(HttpStatus.OK)
  async put(
    @TenantCaller() caller: ApiKey,
    @Param() path: unknown,
    @Req() request: Request,
  ): Promise<object> {
    const admission = await this.onboardings.ofPath(caller, path);
    const { documentId } = readParameters(nameSchema, path);
    return this.store({ ...admission, admission, name: documentId }, request);
  }

  private async store(
    document: Omit<IncomingDocument, 'contentType' | 'contentLength' | 'source'>,
    request: Request,
  ): Promise<object> {
    const { 'content-type': contentType, 'content-length': length } = request.headers;
    const contentLength = length === undefined ? undefined : Number(length);
    try {
      const receipt = await this.upload.store({ ...document, contentType, contentLength, source: request });
      return { onboardingId: document.onboardingId, documentId: document.name, ...receipt };
    } catch (error) {
      discardRest(request);
      throw error;
    }
  }
}
