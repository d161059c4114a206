import { Body, Controller, HttpCode, HttpStatus, Inject, Param, Post, UseGuards } from '@nestjs/common';
import { z } from 'zod';
import { checkRequest } from '#contracts/request-rules.js';
import { CLOCK, type Clock } from '#platform/clock.js';
import { Vault } from '#vault/vault.js';
import type { ApiKey } from '../api-keys/api-key.js';
import { ApiKeyGuard, NeedsScope, TenantCaller, tenantQuerySchema } from '../api-keys/api-key.guard.js';
import { Described } from '../documentation/described.js';
import { readBody } from '../http/read-input.js';
import { refusal } from '../http/refusal.js';
import { StrictJson } from '../http/strict-json.pipe.js';
import { OnboardingFinder } from '../onboardings/onboarding-finder.js';
import { fromVault } from '../http/vault-refusals.js';

const bodySchema = z.strictObject({
  pointer: z
    .string()
    .regex(/^(?:\/[^/]+)+$/u)
    .max(300),
  value: z.json(),
});

/**
 * A corrected value goes into the vault, so that the command that applies it carries only its id. It has no effect until then.
 */
@Controller('v1/ops/onboardings/:onboardingId/corrections')
@UseGuards(ApiKeyGuard)
@NeedsScope('ops')
export class CorrectionController {
  constructor(
    private readonly onboardings: OnboardingFinder,
    private readonly vault: Vault,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Post()
  @Described({
    summary: 'Puts a corrected value into the vault, for the command `correct` to apply.',
    path: z.object({ onboardingId: z.uuid() }),
    query: tenantQuerySchema,
    body: bodySchema,
    answers: { 201: 'The correctionId.' },
    problems: { 404: 'onboarding_unknown', 410: 'request_erased', 422: 'request_malformed' },
  })
  @HttpCode(HttpStatus.CREATED)
  async propose(
    @TenantCaller() caller: ApiKey,
    @Param() path: unknown,
    @Body(StrictJson) body: unknown,
  ): Promise<object> {
    const { onboardingId, tenantId } = await this.onboardings.ofPath(caller, path);
    const { pointer, value } = readBody(bodySchema, body);
    const vault = this.vault.forTenant(tenantId);
    const corrected = await fromVault(vault.correctedRequest(onboardingId, pointer, value));
    const { errors } = checkRequest(corrected, this.clock.now().toISOString().slice(0, 10));
    if (errors !== undefined) throw refusal(HttpStatus.UNPROCESSABLE_ENTITY, 'request_malformed', { errors });
    return { correctionId: await fromVault(vault.proposeCorrection(onboardingId, pointer, value)) };
  }
}
