import { personalText } from '#fact/personal';
import { factId } from '#fact/story';
import { apologised, doing, given, id, received, thanked, words } from '../complaint.stories.ts';
import { complaintReceived } from '../intake/events.ts';
import { factRectified } from './events.ts';
import { rectify } from './rectify.ts';

const RECEIPT = factId(0);
const rectifying = (data: Record<string, unknown>, fact = RECEIPT) => doing(rectify, { fact, data, reason: words });
const wrongAt = (...pointers: string[]) => ({
  errors: pointers.map((pointer) =>
    expect.objectContaining({ pointer, code: expect.any(String), detail: expect.any(String) }),
  ),
});

describe('rectifying a fact', () => {
  it('adds what is right, as one personal text, and edits nothing', () =>
    given(received)
      .when(rectifying({ channel: 'email', words: 'It was two days.' }))
      .then(
        factRectified({
          fact: RECEIPT,
          type: 'ComplaintReceived',
          data: personalText('{"channel":"email","words":"It was two days."}'),
          reason: words,
        }),
      ));

  it('keeps what belongs to the representative apart, so that it goes with that person', () => {
    const represented = complaintReceived({ ...received.data, representative: { id: id(8) } });
    given(represented)
      .when(rectifying({ channel: 'email', representative: { id: id(8), name: 'Bo' } }))
      .then(
        factRectified({
          fact: RECEIPT,
          type: 'ComplaintReceived',
          data: personalText('{"channel":"email"}'),
          representative: personalText(JSON.stringify({ id: id(8), name: 'Bo' })),
          reason: words,
        }),
      );
    given(represented)
      .when(rectifying({ representative: { id: id(8), name: 'Bo' } }))
      .then(
        factRectified({
          fact: RECEIPT,
          type: 'ComplaintReceived',
          representative: personalText(JSON.stringify({ id: id(8), name: 'Bo' })),
          reason: words,
        }),
      );
  });

  it('cannot rectify a representative whom nobody named', () =>
    given(received)
      .when(rectifying({ representative: { id: id(8), name: 'Bo' } }))
      .thenRefused('invalid-body', wrongAt('#/data/representative')));

  it('tells at most a hundred places of what is wrong, however much is', () => {
    const wrong = Array.from({ length: 9_000 }, () => ({ id: 1, category: 2 }));
    given(received)
      .when(rectifying({ issues: wrong, dues: wrong }))
      .thenRefused('invalid-body', { errors: Array.from({ length: 100 }, () => expect.anything()) });
  });

  it('is a new fact each time', () => {
    const rectified = factRectified({
      fact: RECEIPT,
      type: 'ComplaintReceived',
      data: personalText('{"channel":"email"}'),
      reason: words,
    });
    given(received, rectified)
      .when(rectifying({ channel: 'email' }))
      .then(rectified);
  });

  it('knows the kind of the fact that it names', () =>
    given(received, thanked, apologised('handler', 'spoken'))
      .when(rectifying({ form: 'written' }, factId(2)))
      .then(
        factRectified({
          fact: factId(2),
          type: 'ApologyGiven',
          data: personalText('{"form":"written"}'),
          reason: words,
        }),
      ));

  it('needs a fact of this complaint', () =>
    given(received)
      .when(rectifying({ channel: 'email' }, id(7)))
      .thenRefused('unknown-issue', wrongAt('#/fact')));

  it('needs something to rectify', () =>
    given(received).when(rectifying({})).thenRefused('invalid-body', wrongAt('#/data')));

  it.each([
    ['a member that such a fact does not have', { form: 'written' }, ['#/data/form']],
    ['a member that every object has', { toString: 'x' }, ['#/data/toString']],
    ['a number for a text', { words: 5 }, ['#/data/words']],
    ['a blank text', { words: '  ' }, ['#/data/words']],
    ['null', { summary: null }, ['#/data/summary']],
    ['what is no code', { channel: 'E-Mail!' }, ['#/data/channel']],
    ['a word outside of a closed list', { confidentiality: 'secret' }, ['#/data/confidentiality']],
    ['a day that does not exist', { customer: { id: id(1), since: '2026-02-30' } }, ['#/data/customer/since']],
    ['a member deep inside that nobody knows', { customer: { id: id(1), shoeSize: 44 } }, ['#/data/customer/shoeSize']],
    ['a part that lacks what it must have', { customer: { name: 'A' } }, ['#/data/customer/id']],
    [
      'an issue that is none',
      { issues: [{ id: id(1), category: 'x', presumed: 'huge' }] },
      ['#/data/issues/0/presumed'],
    ],
    ['no issue at all', { issues: [] }, ['#/data/issues']],
    ['names that a pointer must escape', { 'a/b ~%': 1 }, ['#/data/a~1b%20~0%25']],
    ['such names deep inside', { customer: { id: id(1), 'ü/~': 1 } }, ['#/data/customer/%C3%BC~1~0']],
    ['several at once', { channel: 7, nonsense: 1 }, ['#/data/channel', '#/data/nonsense']],
  ])('refuses %s, and says where', (_what, data, pointers) =>
    given(received)
      .when(rectifying(data))
      .thenRefused('invalid-body', wrongAt(...pointers)),
  );

  it('never echoes a value', () => {
    const { decision } = given(received).when(rectifying({ channel: 'Tell nobody!', confidentiality: 'Nor this!' }));
    expect(decision.kind).toBe('refused');
    expect(JSON.stringify(decision)).not.toMatch(/Tell nobody|Nor this/);
  });

  it('takes a contact with its texts plain, as the door has them', () => {
    const { decision } = given(received).when(
      rectifying({ customer: { id: id(1), name: 'Anna', since: '2019-04-01' } }),
    );
    expect(decision.kind).toBe('recorded');
  });
});
