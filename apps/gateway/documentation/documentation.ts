import type { NestExpressApplication } from '@nestjs/platform-express';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { z } from 'zod';
import { GatewayModule } from '../gateway.module.js';
import { jsonSchemaOf } from './described.js';

/** RFC 9457, with a stable code and, where a body was at fault, every error in it. */
const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.string().optional(),
  instance: z.string(),
  errors: z.array(z.object({ pointer: z.string(), code: z.string(), message: z.string() })).optional(),
});

/** The OpenAPI description of the gateway, made from its controllers and the schemas that they read by. */
export function openApiOf(app: NestExpressApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setTitle('Onboarding gateway')
    .setDescription('Submit onboardings, upload their documents, ask what became of them; ops act on them.')
    .setVersion('1')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'onb_…', description: 'An API key.' })
    .build();
  const document = SwaggerModule.createDocument(app, config, { include: [GatewayModule] });
  const schemas = { ...document.components?.schemas, Problem: jsonSchemaOf(problemSchema) };
  return { ...document, components: { ...document.components, schemas } };
}

/** `/docs`: a page to read the description, all of it served from here. `/docs/openapi.json`: the description. */
export function addDocumentation(app: NestExpressApplication): void {
  SwaggerModule.setup('docs', app, () => openApiOf(app), {
    jsonDocumentUrl: 'docs/openapi.json',
    customSiteTitle: 'Onboarding gateway',
    raw: ['json'],
  });
}
