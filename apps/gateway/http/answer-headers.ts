import type { NextFunction, Request, Response } from 'express';

/** Answers hold personal data or lead to it: nobody on the way may keep, guess, frame or refer. */
const headers = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
};

/** The documentation is a page with its own scripts and styles, all of them served from here. */
const pageSecurityPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'";

/** Express middleware: puts the security headers on every answer. */
export function answerHeaders(request: Request, response: Response, next: NextFunction): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (request.path === '/docs' || request.path.startsWith('/docs/'))
    response.setHeader('content-security-policy', pageSecurityPolicy);
  next();
}
