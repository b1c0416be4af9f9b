import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import type { JsonObject } from '#fact/json';
import { closeBodies } from './bodies.ts';
import type { Method, OpenApiDocument } from './open-api-types.ts';
import { toJsonSchema2020 } from './to-json-schema-2020.ts';
import { describeProblems, PROBLEM_SCHEMA, SharedResponses } from './problems.ts';

/** What the controllers say of themselves, made whole: problems, headers, and plain JSON Schema 2020-12. */
export const openApiOf = (app: INestApplication, publicUrl: string | undefined): OpenApiDocument => {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Redress')
    .setVersion('1')
    .setDescription(DESCRIPTION)
    .build();
  const scanned = SwaggerModule.createDocument(app, config, {
    operationIdFactory: (controller, method) => `${controller.replace(/(Controller|Doors?)$/, '')}.${method}`,
  });
  const document = toJsonSchema2020(JSON.parse(JSON.stringify(scanned)) as JsonObject) as unknown as OpenApiDocument;
  document.servers = [{ url: publicUrl ?? '/' }];
  document.components['schemas'] = { ...document.components['schemas'], Problem: PROBLEM_SCHEMA };
  const shared = new SharedResponses();
  for (const [path, methods] of Object.entries(document.paths))
    for (const [method, operation] of Object.entries(methods))
      describeProblems(path, method as Method, operation, shared);
  document.components['responses'] = shared.responses;
  closeBodies(document);
  return document;
};

const DESCRIPTION = `A complaint is a gift. Every step of handling one is an immutable fact.

Every refusal is \`application/problem+json\` (RFC 9457) with a \`code\`; \`/problems/{code}\` explains it.
Objects in answers are open: ignore what you don't know. Unknown fields in bodies and unknown query parameters are refused.`;
