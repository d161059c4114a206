import { Controller, Get, UseGuards } from '@nestjs/common';
import { Vault } from '#vault/vault.js';
import { ApiKeyGuard, NeedsScope } from '../api-keys/api-key.guard.js';
import { Described } from '../documentation/described.js';

/** The key for those who publish their requests to Kafka themselves. */
@Controller('v1/intake-key')
@UseGuards(ApiKeyGuard)
@NeedsScope('submit')
export class IntakeKeyController {
  constructor(private readonly vault: Vault) {}

  @Get()
  @Described({
    summary: 'The public key to which a request is sealed that is published to Kafka directly.',
    answers: {
      200: 'A JWK with its `kid`. Ask again now and then: it changes, and the one before is taken for a while.',
    },
  })
  intakeKey(): object {
    return this.vault.intakeKey();
  }
}
