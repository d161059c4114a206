import { Body, Controller, HttpStatus, Post, Query, Res, UseGuards } from '@nestjs/common';
import type { Response } from 'express';
import { z } from 'zod';
import { identifier } from '#contracts/envelope.js';
import { onboardingRequestSchema } from '#contracts/request.js';
import type { ApiKey } from '../api-keys/api-key.js';
import { ApiKeyGuard, Caller, NeedsScope, tenantQuerySchema } from '../api-keys/api-key.guard.js';
import { oneTenantOf } from '../api-keys/tenant-of.js';
import { Described } from '../documentation/described.js';
import { readParameters } from '../http/read-input.js';
import { StrictJson } from '../http/strict-json.pipe.js';
import { Submission } from './submission.js';

const querySchema = z.strictObject({
  ...tenantQuerySchema.shape,
  dryRun: z.enum(['true', 'false']).optional(),
});

/** `POST /v1/onboardings`: the door for upstreams without Kafka. */
@Controller('v1/onboardings')
@UseGuards(ApiKeyGuard)
export class SubmissionController {
  constructor(private readonly submission: Submission) {}

  @Post()
  @NeedsScope('submit')
  @Described({
    summary: 'Asks for an onboarding. The same request again is answered the same; nothing is done twice.',
    query: querySchema,
    body: z.strictObject({ requestId: identifier, request: onboardingRequestSchema }),
    answers: {
      200: 'A repeat of an admitted request; with dryRun: it keeps all rules, and nothing was done.',
      202: 'Admitted: in the vault, and on its way.',
    },
    problems: {
      409: 'request_conflict',
      410: 'request_erased',
      413: 'body_too_large',
      415: 'content_type_unsupported',
      422: 'request_malformed',
      503: 'temporarily_unavailable',
    },
  })
  async submit(
    @Caller() caller: ApiKey,
    @Body(StrictJson) body: unknown,
    @Query() query: unknown,
    @Res({ passthrough: true }) response: Response,
  ): Promise<object> {
    const { dryRun, tenantId: named } = readParameters(querySchema, query);
    const tenantId = oneTenantOf(caller, named);
    if (dryRun === 'true') {
      await this.submission.check(tenantId, body);
      response.status(HttpStatus.OK);
      return { isValid: true };
    }
    const { onboarding, isNew } = await this.submission.submit(tenantId, body);
    const { onboardingId, requestId } = onboarding;
    response.status(isNew ? HttpStatus.ACCEPTED : HttpStatus.OK).location(`/v1/onboardings/${onboardingId}`);
    return { onboardingId, requestId, state: 'admitted' };
  }
}
