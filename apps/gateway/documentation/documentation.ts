import type { NestExpressApplication } from '@nestjs/platform-express';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { GatewayModule } from '../gateway.module.js';

/** The OpenAPI description of the gateway, made from its controllers and the schemas that they read by. */
export function openApiOf(app: NestExpressApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setTitle('Onboarding gateway')
    .setDescription('Submit onboardings, upload their documents, ask what became of them; ops act on them.')
    .setVersion('1')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'An API key of the gateway.' })
    .build();
  return SwaggerModule.createDocument(app, config, { include: [GatewayModule] });
}

/** `/docs`: a page to read the description, all of it served from here. `/docs/openapi.json`: the description. */
export function addDocumentation(app: NestExpressApplication): void {
  SwaggerModule.setup('docs', app, () => openApiOf(app), {
    jsonDocumentUrl: 'docs/openapi.json',
    customSiteTitle: 'Onboarding gateway',
    raw: ['json'],
  });
}
