import { createHash, timingSafeEqual } from 'node:crypto';
import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { problem } from './problem.js';

/** The injection token of the bearer token. */
export const TRACKER_TOKEN = Symbol('TrackerToken');

/** `Authorization: Bearer <TRACKER_TOKEN>`, else 401: the API is for our own services. */
@Injectable()
export class TokenGuard implements CanActivate {
  private readonly expected: Buffer;

  constructor(@Inject(TRACKER_TOKEN) token: string) {
    this.expected = digest(token);
  }

  canActivate(context: ExecutionContext): boolean {
    const { authorization = '' } = context.switchToHttp().getRequest<Request>().headers;
    const [, token] = /^Bearer +(\S+) *$/iu.exec(authorization) ?? [];
    if (token === undefined)
      throw problem(401, 'api_key_missing', 'Send `Authorization: Bearer <TRACKER_TOKEN>`.');
    if (!timingSafeEqual(digest(token), this.expected)) throw problem(401, 'api_key_unknown');
    return true;
  }
}

/** Digests are of one length, so that comparing tells nothing of the token's. */
function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
