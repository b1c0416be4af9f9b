import { Type } from '@sinclair/typebox';
import { defineEvent, type EventOf } from './define-event.ts';
import type { FactOf } from './fact.ts';
import { reading } from './reading.ts';

const defined = <const T extends string>(type: T) =>
  defineEvent({ type, noun: 'book', means: 'It was read.', data: Type.Object({ page: Type.Integer() }) });
const [opened, turned, torn, lent] = [defined('Opened'), defined('Turned'), defined('Torn'), defined('Lent')] as const;
const chapters = { reading: [opened, turned], care: [torn], lending: [lent] } as const;

type BookFact = FactOf<EventOf<(typeof chapters)[keyof typeof chapters][number]>>;
const fact = (type: BookFact['type'], page = 1): BookFact => ({ type, data: { page } }) as BookFact;

describe('reading chapters', () => {
  const step = reading<number>()(chapters, ['reading', 'care'], {
    Opened: 'ignored',
    Turned: (pages, { data }) => pages + data.page,
    Torn: (pages) => pages - 1,
  });

  it('applies what is answered, and ignores what is ignored or lies in other chapters', () => {
    const facts = [fact('Opened'), fact('Turned', 5), fact('Torn'), fact('Lent', 9)];
    expect(facts.reduce(step, 0)).toBe(4);
  });

  it('does not compile until each fact of a chapter that is read is answered', () => {
    // @ts-expect-error -- Turned lies in a chapter that is read
    reading<number>()(chapters, ['reading'], { Opened: 'ignored' });
    // @ts-expect-error -- care is read too, so Torn asks for its answer
    reading<number>()(chapters, ['reading', 'care'], { Opened: 'ignored', Turned: 'ignored' });
    // A fact that moved to `reading` asks whoever reads it.
    const moved = { ...chapters, reading: [opened, turned, lent], lending: [] } as const;
    // @ts-expect-error -- Lent is not answered
    reading<number>()(moved, ['reading'], { Opened: 'ignored', Turned: 'ignored' });
    // @ts-expect-error -- there is no such chapter
    reading<number>()(chapters, ['writing'], {});
  });

  it('does not compile when a fact is answered that lies in no chapter that is read', () => {
    reading<number>()(chapters, ['care'], {
      Torn: 'ignored',
      // @ts-expect-error -- lending is not read
      Lent: (pages: number) => pages,
    });
  });
});
