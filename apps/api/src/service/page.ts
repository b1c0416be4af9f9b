import type { FastifyReply } from 'fastify';

/** A page that loads nothing from other hosts, and nothing that it does not name. */
export const page = (reply: FastifyReply, title: string, body: string): FastifyReply =>
  reply
    .type('text/html; charset=utf-8')
    .header(
      'content-security-policy',
      "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    )
    .send(
      `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title} · Redress</title><h1>${title}</h1>${body}</html>`,
    );
