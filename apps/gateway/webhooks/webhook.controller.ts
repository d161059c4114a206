import {
  Controller,
  Headers,
  HttpCode,
  HttpStatus,
  Param,
  Post,
  Req,
  type RawBodyRequest,
} from '@nestjs/common';
import type { Request } from 'express';
import { z } from 'zod';
import { identifier } from '#contracts/envelope.js';
import { Described } from '../documentation/described.js';
import { readParameters } from '../http/read-input.js';
import { refusal } from '../http/refusal.js';
import { WebhookReceiver } from './webhook-receiver.js';

const pathSchema = z.object({ tenantId: identifier });
const bodyBytesMax = 64 * 1024;

/** Where FinHub delivers its webhooks; the signature stands in for a key. */
@Controller('webhooks/finhub')
export class WebhookController {
  constructor(private readonly receiver: WebhookReceiver) {}

  @Post(':tenantId')
  @Described({
    summary: 'Takes a webhook of FinHub; its signature over the raw body stands in for a key.',
    path: pathSchema,
    answers: { 200: 'What it leads to is on Kafka, or it leads to nothing.' },
    problems: {
      401: 'webhook_signature_invalid',
      413: 'body_too_large',
      422: 'request_malformed',
      503: 'temporarily_unavailable',
    },
    isPublic: true,
  })
  @HttpCode(HttpStatus.OK)
  async receive(
    @Param() path: unknown,
    @Headers('x-finhub-signature') signature: string | undefined,
    @Req() { rawBody }: RawBodyRequest<Request>,
  ): Promise<object> {
    const { tenantId } = readParameters(pathSchema, path);
    if (rawBody === undefined) throw refusal(HttpStatus.UNSUPPORTED_MEDIA_TYPE, 'content_type_unsupported');
    if (rawBody.length > bodyBytesMax) throw refusal(HttpStatus.PAYLOAD_TOO_LARGE, 'body_too_large');
    await this.receiver.receive(tenantId, rawBody, signature);
    return { isReceived: true };
  }
}
