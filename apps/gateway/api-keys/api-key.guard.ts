import {
  createParamDecorator,
  HttpStatus,
  Injectable,
  SetMetadata,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { identifier } from '#contracts/envelope.js';
import { readParameters } from '../http/read-input.js';
import { refusal } from '../http/refusal.js';
import type { ApiKey, Scope } from './api-key.js';
import { refuseMissingScopes } from './missing-scopes.js';
import { KeyRing } from './key-ring.js';
import { tenantOf } from './tenant-of.js';

type AuthenticatedRequest = Request & { apiKey?: ApiKey };
const scopeMetadata = 'gateway:scope';

/** The scope that a route asks for. A route without it is refused to everybody. */
export const NeedsScope = (scope: Scope): MethodDecorator & ClassDecorator =>
  SetMetadata(scopeMetadata, scope);

/** The key that the request came with; {@link ApiKeyGuard} has checked it. */
export const Caller = createParamDecorator(
  (_data: unknown, context: ExecutionContext): ApiKey | undefined =>
    context.switchToHttp().getRequest<AuthenticatedRequest>().apiKey,
);

/** For {@link Described}: what {@link TenantCaller} reads. */
export const tenantQuerySchema = z.object({ tenantId: identifier.optional() });

/**
 * The same, of the tenant that `?tenantId=` names: a key of every tenant may name one, and has to for an onboarding whose
 * history is no longer kept. Throws 403 for another tenant's.
 */
export const TenantCaller = createParamDecorator(
  (_data: unknown, context: ExecutionContext): ApiKey | undefined => {
    const { apiKey, query } = context.switchToHttp().getRequest<AuthenticatedRequest>();
    if (apiKey === undefined) return undefined;
    return { ...apiKey, tenantId: tenantOf(apiKey, readParameters(tenantQuerySchema, query).tenantId) };
  },
);

/** `Authorization: Bearer <key>`: 401 without a valid key, 403 where its scopes do not have the route's. */
@Injectable()
export class ApiKeyGuard implements CanActivate {
  constructor(
    private readonly keyRing: KeyRing,
    private readonly reflector: Reflector,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const http = context.switchToHttp();
    const request = http.getRequest<AuthenticatedRequest>();
    const apiKey = await this.authenticate(request, http.getResponse<Response>());
    const scope = this.reflector.getAllAndOverride<Scope | undefined>(scopeMetadata, [
      context.getHandler(),
      context.getClass(),
    ]);
    refuseMissingScopes([scope], apiKey);
    request.apiKey = apiKey;
    return true;
  }

  private async authenticate(request: Request, response: Response): Promise<ApiKey> {
    const [, text] = /^Bearer +(\S+) *$/iu.exec(request.headers.authorization ?? '') ?? [];
    const apiKey = text === undefined ? undefined : await this.keyRing.identify(text);
    if (apiKey !== undefined) return apiKey;
    response.setHeader('www-authenticate', 'Bearer');
    throw refusal(HttpStatus.UNAUTHORIZED, text === undefined ? 'api_key_missing' : 'api_key_unknown');
  }
}
