import { languagesIn } from './languages.ts';

const read = (header: string | undefined) => languagesIn({ headers: { 'accept-language': header } });

describe('Accept-Language', () => {
  it.each([
    ['de', ['de']],
    ['de, ru;q=0.8, en;q=0.9', ['de', 'en', 'ru']],
    ['pt-BR;q=0.5,pt;q=0.5', ['pt-BR', 'pt']],
    ['de;q=0, en', ['en']],
    ['*, en;q=2, ;;, en;q=0.1', ['en']],
    ['', []],
    [undefined, []],
    [`${'x'.repeat(5000)}, de`, []],
  ])('%s asks for %j', (header, languages) => expect(read(header)).toEqual(languages));
});
