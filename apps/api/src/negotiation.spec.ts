import { languagesIn, mediaFor } from './negotiation.ts';

describe('Accept-Language', () => {
  it.each([
    ['de', ['de']],
    ['de, ru;q=0.8, en;q=0.9', ['de', 'en', 'ru']],
    ['pt-BR;q=0.5,pt;q=0.5', ['pt-BR', 'pt']],
    ['de;q=0, en', ['en']],
    ['*, en;q=0.5, ;;, en;q=0.1', ['en']],
    ['', []],
    [undefined, []],
    [`${'x'.repeat(5000)}, de`, []],
    ['"de", d€, en', ['en']],
  ])('%s asks for %j', (header, languages) =>
    expect(languagesIn({ headers: { 'accept-language': header } })).toEqual(languages),
  );
});

describe('Accept', () => {
  const offered = ['application/json', 'application/cloudevents-batch+json', 'text/event-stream'] as const;
  it.each([
    [undefined, 'application/json'],
    ['', 'application/json'],
    ['*/*', 'application/json'],
    ['text/event-stream', 'text/event-stream'],
    ['TEXT/Event-Stream', 'text/event-stream'],
    ['text/*', 'text/event-stream'],
    ['application/json;q=0.5, text/event-stream;q=0.9', 'text/event-stream'],
    ['text/event-stream;q=0, */*', 'application/json'],
    ['application/json, text/plain, */*', 'application/json'],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'application/json'],
    ['image/png', 'application/json'],
    ['nonsense', 'application/json'],
  ])('%s is answered with %s', (accept, media) => expect(mediaFor({ headers: { accept } }, offered)).toBe(media));
});
