import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Response } from 'express';
import type { Session } from '../sessions/session.js';
import { Sessions } from '../sessions/sessions.js';
import { SETTINGS, type SandboxSettings } from '../sandbox.settings.js';
import { Counters } from '../state/counters.js';
import { RequestLog } from '../state/request-log.js';
import { State } from '../state/state.js';
import { Tenants, type Tenant } from '../tenants.js';
import { arrivalOf } from './arrival.js';
import { applicantOf } from './applicant-of.js';
import type { CallRequest } from './call.js';
import { OpenApi, type OperationSpec } from './open-api.js';
import { forbidden, Refusal, refuseInvalid, unauthorized } from './refusal.js';
import { readHeaders } from './standard-headers.rules.js';

/** What a call needs; put on it by FinhubCall. */
export interface CallNeeds {
  /** Whose token opens it (U34). */
  readonly bearer: 'none' | 'any' | 'admin';
  /** Whether `X-User-ID` and `X-User-Roles` must be there (b.3). */
  readonly actingUser?: boolean;
}

/** The metadata key of {@link CallNeeds}. */
export const callNeeds = Symbol('CallNeeds');

interface Route {
  readonly needs: CallNeeds;
  readonly spec: OperationSpec;
}

/** Lets in what keeps the contract: headers, tenant, token, path, query and body, in this order. */
@Injectable()
export class CallGuard implements CanActivate {
  private readonly routes = new Map<string, Route>();

  constructor(
    private readonly reflector: Reflector,
    private readonly tenants: Tenants,
    private readonly sessions: Sessions,
    private readonly openApi: OpenApi,
    private readonly counters: Counters,
    private readonly log: RequestLog,
    private readonly state: State,
    @Inject(SETTINGS) private readonly settings: SandboxSettings,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<CallRequest>();
    const { needs, spec } = this.routeOf(request, context);
    const operation = spec.operationId;
    this.count(operation, request, context.switchToHttp().getResponse<Response>());
    const origin = readHeaders(request.headers, {
      actingUser: needs.actingUser ?? false,
      userAgent: this.settings.SANDBOX_SWITCHES.includes('strict-user-agent'),
    });
    const tenant = this.tenants.find(origin.tenant);
    if (!tenant) throw forbidden('UNKNOWN_TENANT', 'X-Tenant-ID names no tenant');
    const session = this.sessionOf(request, needs, tenant);
    refuseInvalid(spec.parameterFaults(request.params, request.query));
    refuseInvalid(spec.bodyFaults(request.body));
    const applicant = applicantOf(request, this.state);
    this.log.add({ operation, at: arrivalOf(request).getTime(), applicant });
    request.call = { tenant, session, operation, origin, applicant, isAnswerLost: false };
    return true;
  }

  private routeOf(request: CallRequest, context: ExecutionContext): Route {
    const path = (request.route as { path: string }).path;
    const key = `${request.method} ${path}`;
    let route = this.routes.get(key);
    if (!route) {
      const needs = this.reflector.get<CallNeeds>(callNeeds, context.getHandler());
      this.routes.set(key, (route = { needs, spec: this.openApi.ofRoute(request.method, path) }));
    }
    return route;
  }

  private count(operation: string, request: CallRequest, response: Response): void {
    const tenantId = String(request.headers['x-tenant-id'] ?? 'none');
    const known = this.tenants.find(tenantId)?.tenantId ?? 'unknown';
    const inThisSecond = this.counters.request(operation, known, arrivalOf(request).getTime());
    response.once('close', () => {
      this.counters.answer(operation, response.writableFinished ? response.statusCode : 0);
    });
    const limit = this.settings.SANDBOX_RATE_LIMIT_PER_SECOND;
    if (limit > 0 && inThisSecond > limit)
      throw new Refusal(429, 'Too many requests', { error: 'RATE_LIMITED', retryAfterSeconds: 1 });
  }

  private sessionOf(request: CallRequest, needs: CallNeeds, tenant: Tenant): Session | undefined {
    if (needs.bearer === 'none') return undefined;
    const token = /^Bearer (\S+)$/iu.exec(request.headers.authorization ?? '')?.[1];
    const session = token === undefined ? undefined : this.sessions.ofToken(token);
    if (!session) throw unauthorized('The bearer token is missing, unknown or expired');
    if (session.tenantId !== tenant.tenantId)
      throw forbidden('TENANT_MISMATCH', "X-Tenant-ID is not the token's tenant");
    const isStrict = !this.settings.SANDBOX_SWITCHES.includes('lenient-bearer');
    if (needs.bearer === 'admin' && session.userType !== 'ADMIN' && isStrict)
      throw forbidden('INSUFFICIENT_PERMISSIONS', 'This call needs the token of an admin');
    return session;
  }
}
