import { randomUUID } from 'node:crypto';
import type { FinhubTenantSettings } from './settings.js';

/** Where an applicant acted from; FinHub keeps it for audit (CONTRACT.md b.3). */
export interface Origin {
  readonly ipAddress: string;
  readonly userAgent: string;
}

/** What the calls of this process say of themselves (CONTRACT.md b.3). */
export interface CallerHeaders {
  /** `X-Forwarded-For` of calls that no applicant's address is known for; default `127.0.0.1`, the runner's own. */
  readonly forwardedFor?: string | undefined;
  /** Default `finhub-onboarding`. */
  readonly forwardedFrom?: string | undefined;
  /** Default `web`. */
  readonly platform?: string | undefined;
  /** Default `finhub-onboarding`. */
  readonly deviceId?: string | undefined;
  readonly userAgent?: string | undefined;
}

type Headers = Readonly<Record<string, string>>;

/** The headers that every call of a tenant carries. */
export function tenantHeaders(settings: FinhubTenantSettings, caller: CallerHeaders): Headers {
  return cleaned({
    'X-Tenant-ID': settings.tenantHeader ?? settings.tenantId,
    'X-Forwarded-For': caller.forwardedFor ?? '127.0.0.1',
    'X-Forwarded-From': caller.forwardedFrom ?? 'finhub-onboarding',
    platform: caller.platform ?? 'web',
    deviceId: caller.deviceId ?? 'finhub-onboarding',
    'User-Agent': caller.userAgent ?? `finhub-onboarding/0.1.0 node/${process.versions.node}`,
    Accept: 'application/json',
    'Accept-Encoding': 'identity',
  });
}

/** In place of ours: a call that an applicant has caused says from where. */
export function originHeaders(origin: Origin): Headers {
  return cleaned({ 'X-Forwarded-For': origin.ipAddress, 'User-Agent': origin.userAgent });
}

/** Who acts for an organization (CONTRACT.md b.3, U37). */
export function actingUserHeaders(userId: string, roles: readonly string[]): Headers {
  return cleaned({ 'X-User-ID': userId, 'X-User-Roles': roles.join(',') });
}

/** On employee calls; that there is one is documented, its name is assumed (CONTRACT.md b.3). */
export function organizationHeaders(organizationId: string): Headers {
  return cleaned({ 'X-Organization-ID': organizationId });
}

/**
 * Which call it is, another id each time that one is sent, and for which onboarding: its id, written as a UUID of version 4
 * since FinHub's guides ask for that (CONTRACT.md b.3, decision 11). A call for no onboarding stands for itself.
 */
export function callHeaders(onboardingId: string | undefined) {
  const requestId = randomUUID();
  const correlationId =
    onboardingId === undefined ? requestId : `${onboardingId.slice(0, 14)}4${onboardingId.slice(15)}`;
  return { 'X-Request-ID': requestId, 'X-Correlation-ID': correlationId };
}

/** A header holds printable ASCII only; a browser's name with an accent must not make a call impossible. */
function cleaned(headers: Headers): Headers {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, value.replaceAll(/[^\x20-\x7e]/gu, '?').trim()]),
  );
}
