import { HttpStatus, Injectable, type PipeTransform } from '@nestjs/common';
import { sentenceOf } from '#contracts/reason-codes.js';
import { escaped } from './read-input.js';
import { refusal } from './refusal.js';

const depthMax = 32;
const forbiddenKeys = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * For `@Body(StrictJson)`: refuses a body that is not `application/json` (415), nests deeper than 32 levels or has keys that
 * reach for an object's prototype (400). What is not JSON at all or too large was refused before.
 */
@Injectable()
export class StrictJson implements PipeTransform<unknown, unknown> {
  transform(body: unknown): unknown {
    if (body === undefined)
      throw refusal(HttpStatus.UNSUPPORTED_MEDIA_TYPE, 'content_type_unsupported', {
        detail: 'Send a JSON body with content-type: application/json.',
      });
    refuseHostileShapes(body);
    return body;
  }
}

/** Walks without recursion, so that it ends for every value that `JSON.parse` gives. */
function refuseHostileShapes(body: unknown): void {
  const places = [{ value: body, pointer: '', depth: 0 }];
  for (let place = places.pop(); place !== undefined; place = places.pop()) {
    const { value, pointer, depth } = place;
    if (typeof value !== 'object' || value === null) continue;
    if (depth >= depthMax) throw malformed('too_deep', pointer.split('/').slice(0, 4).join('/'));
    for (const [key, item] of Object.entries(value) as [string, unknown][]) {
      if (forbiddenKeys.has(key)) throw malformed('unknown_field', `${pointer}/${key}`);
      places.push({ value: item, pointer: `${pointer}/${escaped(key)}`, depth: depth + 1 });
    }
  }
}

function malformed(code: 'too_deep' | 'unknown_field', pointer: string): Error {
  const message = sentenceOf(code);
  return refusal(HttpStatus.BAD_REQUEST, 'request_malformed', { errors: [{ pointer, code, message }] });
}
