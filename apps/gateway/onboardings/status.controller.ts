import { Controller, Get, Param, Query, UseGuards } from '@nestjs/common';
import { z } from 'zod';
import { identifier } from '#contracts/envelope.js';
import type { ApiKey } from '../api-keys/api-key.js';
import { ApiKeyGuard, Caller, NeedsScope } from '../api-keys/api-key.guard.js';
import { oneTenantOf } from '../api-keys/tenant-of.js';
import { pageSchema, readParameters } from '../http/read-input.js';
import { Status } from './status.js';

const pathSchema = z.object({ onboardingId: z.uuid().toLowerCase() });
const querySchema = z.strictObject({ requestId: identifier, tenantId: identifier.optional() });

/** What became of an onboarding, by our id or by the upstream's. */
@Controller('v1/onboardings')
@UseGuards(ApiKeyGuard)
@NeedsScope('read')
export class StatusController {
  constructor(private readonly status: Status) {}

  @Get(':onboardingId')
  async byId(@Caller() caller: ApiKey, @Param() path: unknown, @Query() query: unknown): Promise<object> {
    const { onboardingId } = readParameters(pathSchema, path);
    return this.status.ofId(caller, onboardingId, readParameters(pageSchema, query));
  }

  @Get()
  async byRequest(@Caller() caller: ApiKey, @Query() query: unknown): Promise<object> {
    const { requestId, tenantId } = readParameters(querySchema, query);
    return this.status.ofRequest(caller, oneTenantOf(caller, tenantId), requestId);
  }
}
