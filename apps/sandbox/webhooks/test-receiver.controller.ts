import { Body, Controller, HttpCode, Inject, Post, Res } from '@nestjs/common';
import type { Response } from 'express';
import { CLOCK, type Clock } from '#platform/clock.js';

const defaultDelayMs = 5_000;
const delayMaxMs = 30_000;

/** c.6.2: where a subscription can be pointed to see what a receiver's answer does. Public, as in the samples. */
@Controller('api/v2.1/test/webhook-receiver')
export class TestReceiverController {
  constructor(@Inject(CLOCK) private readonly clock: Clock) {}

  @Post()
  @HttpCode(200)
  receive(): Record<string, unknown> {
    return this.received();
  }

  @Post('fail')
  @HttpCode(500)
  fail(): Record<string, unknown> {
    return { success: false, error: { code: 'SIMULATED_FAILURE', message: 'Simulated failure' } };
  }

  @Post('slow')
  @HttpCode(200)
  async slow(
    @Body() body: { delay?: unknown } | undefined,
    @Res({ passthrough: true }) response: Response,
  ): Promise<Record<string, unknown>> {
    const wanted = typeof body?.delay === 'number' ? body.delay : defaultDelayMs;
    const delayMs = Math.min(Math.max(wanted, 0), delayMaxMs);
    await new Promise((resolve) => {
      const timer = setTimeout(resolve, delayMs);
      response.once('close', () => {
        clearTimeout(timer);
        resolve(undefined);
      });
    });
    return this.received();
  }

  private received(): Record<string, unknown> {
    return { success: true, message: 'Webhook received', receivedAt: this.clock.now().toISOString() };
  }
}
