import { Body, Controller, HttpCode, HttpStatus, Param, Post, UseGuards } from '@nestjs/common';
import { z } from 'zod';
import { Vault } from '#vault/vault.js';
import type { ApiKey } from '../api-keys/api-key.js';
import { ApiKeyGuard, NeedsScope, TenantCaller, tenantQuerySchema } from '../api-keys/api-key.guard.js';
import { Described } from '../documentation/described.js';
import { readBody } from '../http/read-input.js';
import { StrictJson } from '../http/strict-json.pipe.js';
import { OnboardingFinder } from '../onboardings/onboarding-finder.js';
import { fromVault } from '../http/vault-refusals.js';

const pathSchema = z.object({ onboardingId: z.uuid() });
const bodySchema = z.strictObject({ why: z.string().min(1).max(500) });

/** A hold refuses the erasure of an onboarding's personal data, with its reason, until it is released. */
@Controller('v1/ops/onboardings/:onboardingId')
@UseGuards(ApiKeyGuard)
@NeedsScope('ops')
export class HoldController {
  constructor(
    private readonly onboardings: OnboardingFinder,
    private readonly vault: Vault,
  ) {}

  @Post('hold')
  @Described({
    summary: 'From now on an erasure is refused, with this reason.',
    path: pathSchema,
    query: tenantQuerySchema,
    body: bodySchema,
    answers: { 204: 'Held.' },
    problems: { 404: 'onboarding_unknown', 410: 'request_erased' },
  })
  @HttpCode(HttpStatus.NO_CONTENT)
  async hold(
    @TenantCaller() caller: ApiKey,
    @Param() path: unknown,
    @Body(StrictJson) body: unknown,
  ): Promise<void> {
    const { onboardingId, tenantId } = await this.onboardings.ofPath(caller, path);
    await fromVault(this.vault.forTenant(tenantId).hold(onboardingId, readBody(bodySchema, body).why));
  }

  @Post('release')
  @Described({
    summary: 'Takes the hold away.',
    path: pathSchema,
    query: tenantQuerySchema,
    answers: { 204: 'Released, or there was none.' },
    problems: { 404: 'onboarding_unknown' },
  })
  @HttpCode(HttpStatus.NO_CONTENT)
  async release(@TenantCaller() caller: ApiKey, @Param() path: unknown): Promise<void> {
    const { onboardingId, tenantId } = await this.onboardings.ofPath(caller, path);
    await fromVault(this.vault.forTenant(tenantId).release(onboardingId));
  }
}
