import { Controller, Get, Param, Query, UseGuards } from '@nestjs/common';
import { z } from 'zod';
import { identifier } from '#contracts/envelope.js';
import type { ApiKey } from '../api-keys/api-key.js';
import {
  ApiKeyGuard,
  Caller,
  NeedsScope,
  TenantCaller,
  tenantQuerySchema,
} from '../api-keys/api-key.guard.js';
import { oneTenantOf } from '../api-keys/tenant-of.js';
import { Described } from '../documentation/described.js';
import { pageParameters, readParameters } from '../http/read-input.js';
import { Status } from './status.js';

const pathSchema = z.object({ onboardingId: z.uuid().toLowerCase() });
/** The page of the timeline; whose it is, {@link TenantCaller} reads. */
const pageOfIdSchema = pageParameters
  .extend(tenantQuerySchema.shape)
  .transform(({ tenantId: _named, ...page }) => page as Record<string, string>);
const querySchema = z.strictObject({ requestId: identifier, tenantId: identifier.optional() });

/** What became of an onboarding, by our id or by the upstream's. */
@Controller('v1/onboardings')
@UseGuards(ApiKeyGuard)
@NeedsScope('read')
export class StatusController {
  constructor(private readonly status: Status) {}

  @Get(':onboardingId')
  @Described({
    summary: 'Where an onboarding stands, with its timeline; the IBAN for keys with iban:read.',
    path: pathSchema,
    query: pageOfIdSchema,
    answers: {
      200: 'Its state: admitted from the first moment on, unknown while the tracker is away, forgotten once its history is no longer kept.',
    },
    problems: { 400: 'parameter_invalid', 404: 'onboarding_unknown' },
  })
  async byId(
    @TenantCaller() caller: ApiKey,
    @Param() path: unknown,
    @Query() query: unknown,
  ): Promise<object> {
    const { onboardingId } = readParameters(pathSchema, path);
    return this.status.ofId(caller, onboardingId, readParameters(pageOfIdSchema, query));
  }

  @Get()
  @Described({
    summary: "The same by the upstream's own request id.",
    query: querySchema,
    answers: { 200: 'Its state.' },
    problems: { 400: 'parameter_invalid', 404: 'onboarding_unknown' },
  })
  async byRequest(@Caller() caller: ApiKey, @Query() query: unknown): Promise<object> {
    const { requestId, tenantId } = readParameters(querySchema, query);
    return this.status.ofRequest(caller, oneTenantOf(caller, tenantId), requestId);
  }
}
