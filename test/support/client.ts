import { OpenApiValidator, type Answer } from './openapi-validator.ts';

export interface Sent {
  readonly headers?: Readonly<Record<string, string>>;
  /** `anna; role=manager` */
  readonly as?: string;
  readonly key?: string;
  readonly ifMatch?: string;
}

// Bodies of answers are read freely in journeys; the validator holds them to the document.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export interface Got<Body = any> extends Answer {
  readonly body: Body;
}

/** A client of the running service. Every answer is held to `/openapi.json`; what does not match throws. */
export class Client {
  private constructor(
    /** Without a trailing slash. */
    readonly base: string,
    readonly validator: OpenApiValidator,
  ) {}

  static async of(base: string): Promise<Client> {
    const url = base.replace(/\/+$/, '');
    const document = await (await fetch(`${url}/openapi.json`)).json();
    return new Client(url, new OpenApiValidator(document as never));
  }

  get(path: string, sent: Sent = {}): Promise<Got> {
    return this.send('GET', path, undefined, sent);
  }
  post(path: string, body: unknown = {}, sent: Sent = {}): Promise<Got> {
    return this.send('POST', path, JSON.stringify(body), sent);
  }
  put(path: string, body: unknown, sent: Sent = {}): Promise<Got> {
    return this.send('PUT', path, JSON.stringify(body), sent);
  }

  /** `body` goes out as it is; for what is no JSON. */
  async send(method: string, path: string, body: string | Uint8Array | undefined, sent: Sent = {}): Promise<Got> {
    const response = await fetch(`${this.base}${path}`, {
      method,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(sent.as !== undefined && { 'redress-actor': sent.as }),
        ...(sent.key !== undefined && { 'idempotency-key': sent.key }),
        ...(sent.ifMatch !== undefined && { 'if-match': sent.ifMatch }),
        ...sent.headers,
      },
      ...(body !== undefined && { body: body as string }),
    });
    const text = await response.text();
    const isJson = /[/+]json\b/.test(response.headers.get('content-type') ?? '');
    const got: Got = {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: isJson && text !== '' ? (JSON.parse(text) as unknown) : text,
    };
    this.validator.check(method, path, got);
    return got;
  }
}
