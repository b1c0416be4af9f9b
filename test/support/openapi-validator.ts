import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

/** An answer as it came over the wire. */
export interface Answer {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Parsed when its media type is JSON, else the text. */
  readonly body: unknown;
}

interface Described {
  readonly description: string;
  readonly headers?: Readonly<Record<string, { readonly required?: boolean; readonly schema: object }>>;
  readonly content?: Readonly<Record<string, { readonly schema?: object }>>;
}

/** Codes that need no operation: the address or the method does not exist, or the request reached none. */
const BEFORE_ANY_OPERATION = [
  'not-found',
  'not-allowed-here',
  'wrong-host',
  'foreign-origin',
  'malformed-request',
  'url-too-long',
  'expectation-failed',
];
const DOCUMENTED_ELSEWHERE = /^\/docs(\/|$)/;

/** Holds every answer to the service's own OpenAPI document: status, media type, headers and body. */
export class OpenApiValidator {
  private readonly ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: true });
  private readonly compiled = new Map<string, ValidateFunction>();
  private readonly routes: readonly { pattern: RegExp; path: string }[];
  /** `GET /v1/…` → the statuses that were seen: what a suite never asked is not proved. */
  readonly seen = new Map<string, Set<number>>();

  constructor(
    private readonly document: { readonly openapi: string; readonly paths: Readonly<Record<string, object>> },
  ) {
    if (document.openapi !== '3.1.0') throw new Error(`OpenAPI 3.1.0 was expected, not ${document.openapi}`);
    const dangling = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]*)"/g)]
      .map(([, $ref]) => $ref!)
      .find(($ref) => !this.at($ref));
    if (dangling !== undefined) throw new Error(`the document refers to ${dangling}, which is not there`);
    addFormats.default(this.ajv);
    // References point into the document; it is no schema itself.
    this.ajv.addSchema({ $id: 'openapi:', ...document });
    this.routes = Object.keys(document.paths)
      .sort((left, right) => Number(left.includes('{')) - Number(right.includes('{')))
      .map((path) => ({
        path,
        pattern: new RegExp(`^${path.replace(/[.]/g, '\\.').replace(/\{[^}]+\}/g, '[^/]+')}$`),
      }));
  }

  /** Throws with a list of everything that does not match. `url`: with or without query. */
  check(method: string, url: string, answer: Answer): void {
    const path = url.split('?', 1)[0]!;
    const label = `${method} ${path} → ${answer.status}`;
    const wrong = this.misfits(method, path, answer);
    if (wrong.length > 0)
      throw new Error(
        `${label} does not match the OpenAPI document:\n- ${wrong.join('\n- ')}\nbody: ${JSON.stringify(answer.body)?.slice(0, 2000)}`,
      );
  }

  private misfits(method: string, path: string, answer: Answer): string[] {
    const verb = method.toLowerCase() === 'head' ? 'get' : method.toLowerCase();
    const route = this.routes.find(({ pattern }) => pattern.test(path))?.path;
    const operation =
      route === undefined
        ? undefined
        : (this.document.paths[route] as Record<string, { responses: Record<string, object> }>)[verb];
    if (!operation || route === undefined)
      return DOCUMENTED_ELSEWHERE.test(path) ? [] : this.misfitsWithoutOperation(answer);
    const key = `${verb.toUpperCase()} ${route}`;
    this.seen.set(key, (this.seen.get(key) ?? new Set()).add(answer.status));
    const response = this.resolve(operation.responses[String(answer.status)]);
    if (!response) return [`the status ${answer.status} is not described for ${key}`];
    return [
      ...this.misfitsOfHeaders(response, answer),
      ...(method === 'HEAD' ? [] : this.misfitsOfBody(response, answer)),
    ];
  }

  private misfitsOfHeaders(response: Described, { headers }: Answer): string[] {
    return Object.entries(response.headers ?? {}).flatMap(([name, { required, schema }]) => {
      const value = headers[name.toLowerCase()];
      if (value === undefined) return required ? [`the header ${name} is missing`] : [];
      return this.misfitsOf(schema, value).map((misfit) => `header ${name}: ${misfit}`);
    });
  }

  private misfitsOfBody(response: Described, { headers, body, status }: Answer): string[] {
    const type = headers['content-type']?.split(';', 1)[0];
    if (!response.content) return body === undefined || body === '' ? [] : [`a body is not described for ${status}`];
    const content = type === undefined ? undefined : response.content[type];
    if (!content) return [`the media type ${type} is not described`];
    if (!content.schema) return [`${type} has no schema`];
    return this.misfitsOf(content.schema, body);
  }

  private misfitsWithoutOperation({ status, headers, body }: Answer): string[] {
    const { code } = (body ?? {}) as { code?: string };
    const wrong = this.misfitsOf({ $ref: '#/components/schemas/Problem' }, body);
    if (!headers['content-type']?.startsWith('application/problem+json'))
      wrong.push('an unknown address must answer with a problem');
    if (code === undefined || !BEFORE_ANY_OPERATION.includes(code))
      wrong.push(`the document has no such operation, and the code ${code} (${status}) needs one`);
    if (status === 405 && headers['allow'] === undefined) wrong.push('405 without Allow');
    return wrong;
  }

  private misfitsOf(schema: object, value: unknown): string[] {
    const text = JSON.stringify(schema).replaceAll('"#/', '"openapi:#/');
    let validate = this.compiled.get(text);
    if (!validate) this.compiled.set(text, (validate = this.ajv.compile(JSON.parse(text) as object)));
    if (validate(value)) return [];
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) => `${instancePath || 'the value'} ${message} ${JSON.stringify(params)}`,
    );
  }

  private resolve(response: object | undefined): Described | undefined {
    const { $ref } = (response ?? {}) as { $ref?: string };
    return ($ref === undefined ? response : this.at($ref)) as Described | undefined;
  }

  private at($ref: string): unknown {
    return $ref
      .slice(2)
      .split('/')
      .reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], this.document);
  }
}
