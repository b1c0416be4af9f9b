import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { decisionsIndex, indexAsWritten } from './decisions.ts';
import { anchorOf, documentsIn, headingsOf, trackedFiles } from './markdown.ts';

const HERE = 'test/architecture/documents.spec.ts';
const sources = trackedFiles().filter(
  (file) => file !== HERE && (/\.(ts|mts|mjs|cjs|md|yaml|sh)$/.test(file) || file.endsWith('Dockerfile')),
);

/** Comments as running text: a reference may be broken over two lines. */
const running = (file: string): string => readFileSync(file, 'utf8').replaceAll(/\s*\n\s*(?:\*|\/\/|#)?\s*/g, ' ');

describe('links between documents', () => {
  it.each(documentsIn())('of %s lead somewhere', (document) => {
    const dead = [...readFileSync(document, 'utf8').matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, target]) => target!)
      .filter((target) => !/^[a-z]+:/.test(target))
      .filter((target) => {
        const [path, anchor] = target.split('#') as [string, string?];
        const file = path === '' ? document : join(dirname(document), path);
        if (!existsSync(file)) return true;
        return anchor !== undefined && !headingsOf(file).some(({ text }) => anchorOf(text) === anchor);
      });
    expect(dead).toEqual([]);
  });
});

describe('references to documents', () => {
  // `docs/formats.md, Two streams, one decision` · `docs/domain.md §3.3` · `docs/testing.md`
  const references = sources.flatMap((file) =>
    [...running(file).matchAll(/(docs\/[a-z-]+\.md)(?: §(\d+)|, _?([A-Z][^)]{0,60}))?/g)].map(
      ([text, document, number, section]) => ({ file, text, document: document!, number, section }),
    ),
  );

  it('are there', () => expect(references.length).toBeGreaterThan(100));

  it('name a document that exists', () =>
    expect(
      references.filter(({ document }) => !existsSync(document)).map(({ file, text }) => `${file}: ${text}`),
    ).toEqual([]));

  it('name a section that it has', () => {
    const wrong = references.filter(({ document, number, section }) => {
      const headings = existsSync(document) ? headingsOf(document).map(({ text }) => text) : [];
      if (number !== undefined) return !headings.some((heading) => heading.startsWith(`${number}. `));
      return section !== undefined && !headings.some((heading) => section.startsWith(heading));
    });
    expect(wrong.map(({ file, text }) => `${file}: ${text}`)).toEqual([]);
  });

  it('lead nowhere else: all documents lie here', () => {
    const lost = sources.flatMap((file) =>
      [...running(file).matchAll(/(?<![\w/.-])(?:formats|api|house|mission|traps|ledger)\.md\b|\bmission §.{0,6}/gi)]
        .filter(() => file !== 'README.md' && !file.startsWith('docs/'))
        .map(([text]) => `${file}: ${text}`),
    );
    expect(lost).toEqual([]);
  });
});

describe('the index of decisions', () => {
  it('holds every one, as `npm run generate` writes it', () => expect(indexAsWritten()).toBe(decisionsIndex()));
});
