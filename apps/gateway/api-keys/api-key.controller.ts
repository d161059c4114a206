import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  HttpStatus,
  Param,
  Post,
  Query,
  UseGuards,
} from '@nestjs/common';
import { z } from 'zod';
import { Described } from '../documentation/described.js';
import { readBody, readParameters } from '../http/read-input.js';
import { refusal } from '../http/refusal.js';
import { StrictJson } from '../http/strict-json.pipe.js';
import type { ApiKey } from './api-key.js';
import { ApiKeyGuard, Caller, NeedsScope } from './api-key.guard.js';
import { ApiKeyNameTaken, ApiKeyStore } from './api-key-store.js';
import { keyTenantSchema, KeyMaker, newKeySchema } from './key-maker.js';
import { KeyRing } from './key-ring.js';
import { refuseMissingScopes } from './missing-scopes.js';
import { tenantOf } from './tenant-of.js';

const querySchema = z.strictObject({ tenantId: keyTenantSchema.optional() });
const pathSchema = z.object({ keyId: z.uuid() });

/**
 * API keys over HTTP: an ops key makes, lists and revokes keys of its own tenant, and one for `*` of any tenant. It gives no
 * scope that it lacks itself.
 */
@Controller('v1/ops/keys')
@UseGuards(ApiKeyGuard)
@NeedsScope('ops')
export class ApiKeyController {
  constructor(
    private readonly store: ApiKeyStore,
    private readonly keyMaker: KeyMaker,
    private readonly keyRing: KeyRing,
  ) {}

  @Post()
  @Described({
    summary: 'Makes an API key, with scopes that the caller has too.',
    body: newKeySchema.partial({ tenantId: true }),
    answers: { 201: 'The key, shown this once.' },
    problems: { 409: 'api_key_name_taken', 422: 'request_malformed' },
  })
  async create(@Caller() caller: ApiKey, @Body(StrictJson) body: unknown): Promise<object> {
    const wanted = readBody(newKeySchema.partial({ tenantId: true }), body);
    refuseMissingScopes(wanted.scopes, caller);
    try {
      const { text, key } = await this.keyMaker.create({
        ...wanted,
        tenantId: tenantOf(caller, wanted.tenantId),
      });
      return { key: text, ...shownKey(key) };
    } catch (error) {
      if (!(error instanceof ApiKeyNameTaken)) throw error;
      throw refusal(HttpStatus.CONFLICT, 'api_key_name_taken');
    }
  }

  @Get()
  @Described({
    summary: "The tenant's API keys, without their secrets.",
    query: querySchema,
    answers: { 200: 'All of them, revoked ones too.' },
  })
  async list(@Caller() caller: ApiKey, @Query() query: unknown): Promise<object> {
    const { tenantId } = readParameters(querySchema, query);
    return { items: (await this.store.list(tenantOf(caller, tenantId))).map(shownKey) };
  }

  @Delete(':keyId')
  @Described({
    summary: 'Revokes an API key, for good; other replicas follow within 30 seconds.',
    path: pathSchema,
    query: querySchema,
    answers: { 204: 'Revoked.' },
    problems: { 404: 'api_key_unknown' },
  })
  @HttpCode(HttpStatus.NO_CONTENT)
  async revoke(@Caller() caller: ApiKey, @Param() path: unknown, @Query() query: unknown): Promise<void> {
    const { keyId } = readParameters(pathSchema, path);
    const { tenantId } = readParameters(querySchema, query);
    if (!(await this.store.revoke(tenantOf(caller, tenantId), keyId)))
      throw refusal(HttpStatus.NOT_FOUND, 'api_key_unknown');
    this.keyRing.forgetAll();
  }
}

function shownKey({ id, tenantId, name, scopes, createdAt, revokedAt, lastUsedAt }: ApiKey): object {
  return { id, tenantId, name, scopes, createdAt, revokedAt, lastUsedAt };
}
