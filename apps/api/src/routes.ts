import type { FastifyInstance } from 'fastify';

/** Which methods an address has: for `Allow`, which Fastify cannot tell. */
export class Routes {
  private readonly known: { pattern: RegExp; methods: Set<string>; url: string }[] = [];

  /** Before any route is registered. */
  watch(fastify: FastifyInstance): void {
    fastify.addHook('onRoute', ({ method, url }) => {
      let route = this.known.find((one) => one.url === url);
      if (!route) this.known.push((route = { url, pattern: patternOf(url), methods: new Set() }));
      for (const one of Array.isArray(method) ? method : [method]) route.methods.add(one);
    });
  }

  /** Empty: there is no such address. */
  methodsAt(path: string): readonly string[] {
    return [
      ...new Set(this.known.filter(({ pattern }) => pattern.test(path)).flatMap(({ methods }) => [...methods])),
    ].sort();
  }
}

const patternOf = (url: string): RegExp =>
  new RegExp(
    `^${url
      .split('/')
      .map((part) =>
        part.startsWith(':') ? '[^/]+' : part === '*' ? '.*' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'),
      )
      .join('/')}$`,
  );
