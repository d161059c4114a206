import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { verifySignature } from './webhook-signature.js';

const body = Buffer.from('{"id":"evt_1","note":"ė"}');
const signature = `sha256=${createHmac('sha256', 'secret').update(body).digest('hex')}`;

describe('the signature of a delivery', () => {
  it('is accepted over the very bytes with the very secret', () => {
    expect(verifySignature(body, signature, 'secret')).toBe(true);
    expect(verifySignature(body, signature.toUpperCase().replace('SHA256', 'sha256'), 'secret')).toBe(true);
  });

  it.each([
    ['another secret', body, signature, 'other'],
    ['another body', Buffer.from('{}'), signature, 'secret'],
    ['no header', body, undefined, 'secret'],
    ['an empty header', body, '', 'secret'],
    ['no algorithm', body, signature.slice('sha256='.length), 'secret'],
    ['a shorter value', body, signature.slice(0, -2), 'secret'],
    ['an empty secret', body, `sha256=${createHmac('sha256', '').update(body).digest('hex')}`, ''],
  ])('is refused with %s', (_, bytes, header, secret) => {
    expect(verifySignature(bytes, header, secret)).toBe(false);
  });
});
