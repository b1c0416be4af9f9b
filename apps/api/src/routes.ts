import type { FastifyInstance } from 'fastify';
import type { DoorDescription } from '#desk/roles';

declare module 'fastify' {
  interface FastifyInstance {
    routes: Routes;
  }
}

/** A method of an address, and what it tells of itself. */
export interface Route {
  readonly method: string;
  readonly url: string;
  readonly door: DoorDescription | undefined;
}

/** What can be asked: which methods an address has, for `Allow`, which Fastify cannot tell. */
export class Routes {
  readonly all: Route[] = [];
  private readonly known: { pattern: RegExp; methods: Set<string>; url: string }[] = [];

  /** Before any route is registered. */
  watch(fastify: FastifyInstance): void {
    fastify.addHook('onRoute', ({ method, url, config }) => {
      let route = this.known.find((one) => one.url === url);
      if (!route) this.known.push((route = { url, pattern: patternOf(url), methods: new Set() }));
      for (const one of Array.isArray(method) ? method : [method]) {
        route.methods.add(one);
        this.all.push({ method: one, url, door: config?.door });
      }
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
