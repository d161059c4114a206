import { Body, Controller, HttpCode, HttpStatus, Param, Post, UseGuards } from '@nestjs/common';
import { z } from 'zod';
import { Vault } from '#vault/vault.js';
import type { ApiKey } from '../api-keys/api-key.js';
import { ApiKeyGuard, Caller, NeedsScope } from '../api-keys/api-key.guard.js';
import { readBody } from '../http/read-input.js';
import { StrictJson } from '../http/strict-json.pipe.js';
import { OnboardingFinder } from '../onboardings/onboarding-finder.js';
import { fromVault } from '../http/vault-refusals.js';

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
  @HttpCode(HttpStatus.NO_CONTENT)
  async hold(
    @Caller() caller: ApiKey,
    @Param() path: unknown,
    @Body(StrictJson) body: unknown,
  ): Promise<void> {
    const { onboardingId, tenantId } = await this.onboardings.ofPath(caller, path);
    await fromVault(this.vault.forTenant(tenantId).hold(onboardingId, readBody(bodySchema, body).why));
  }

  @Post('release')
  @HttpCode(HttpStatus.NO_CONTENT)
  async release(@Caller() caller: ApiKey, @Param() path: unknown): Promise<void> {
    const { onboardingId, tenantId } = await this.onboardings.ofPath(caller, path);
    await fromVault(this.vault.forTenant(tenantId).release(onboardingId));
  }
}
