import { COMPLAINT, received } from '#complaint/complaint.stories';
import type { ComplaintEvent, ComplaintFact } from '#complaint/events';
import { customerThanked } from '#complaint/conversation/events';
import { complaintReceived } from '#complaint/intake/events';
import { issueAdded, issueReclassified } from '#complaint/issues/events';
import { personalText } from '#fact/personal';
import { history } from '#fact/story';
import { countedBy, knownAfter, type KnownComplaint } from './recurrence-state.ts';

const LATE = 'aaaaaaaa-0000-4000-8000-000000000001';
const RUDE = 'aaaaaaaa-0000-4000-8000-000000000002';
const late = { id: LATE, category: 'delivery-late', presumed: 'minor' } as const;
const reason = personalText('It was the other courier.');
const receivedWith = (...issues: (typeof received.data.issues)[number][]) =>
  complaintReceived({ ...received.data, issues });
const reclassified = (issue: string, to: object) => issueReclassified({ issue, reason, ...to });

/** Which groups are entered (+) and left (−) at each fact. */
const counted = (...events: ComplaintEvent[]): string[][] => {
  let known: KnownComplaint | undefined;
  return history(`complaint-${COMPLAINT}`, events).map((fact) => {
    const before = known;
    known = knownAfter(before, fact);
    return countedBy(before, known).map(
      ({ group, counts }) => `${counts ? '+' : '−'}${Object.values(group).join(' ')}`,
    );
  });
};

describe('what a complaint counts for', () => {
  it('counts in the group of each of its issues, once in each', () => {
    const rude = {
      ...late,
      id: RUDE,
      category: 'rudeness',
      process: { department: 'sales', process: 'greeting', step: 'hello' },
    };
    expect(counted(receivedWith(late, { ...late, id: RUDE }, rude))).toEqual([
      ['+delivery-late', '+rudeness sales greeting'],
    ]);
  });

  it('counts in no group while nobody knows what went wrong', () => {
    expect(counted(receivedWith({ ...late, category: 'unspecified' }))).toEqual([[]]);
  });

  it('counts an added issue from that fact on, unless its group counts the complaint already', () => {
    expect(
      counted(
        receivedWith(late),
        issueAdded({ issue: { ...late, id: RUDE } }),
        issueAdded({ issue: { ...late, id: RUDE, category: 'rudeness' } }),
      ),
    ).toEqual([['+delivery-late'], [], ['+rudeness']]);
  });

  it('moves a reclassified issue from its old group to its new one', () => {
    expect(
      counted(receivedWith(late), reclassified(LATE, { product: 'sofa' }), reclassified(LATE, { severity: 'grave' })),
    ).toEqual([['+delivery-late'], ['−delivery-late', '+delivery-late sofa'], []]);
  });

  it('stays in a group as long as one of its issues belongs there', () => {
    const events = [
      receivedWith(late, { ...late, id: RUDE }),
      reclassified(LATE, { category: 'lost' }),
      reclassified(RUDE, { category: 'lost' }),
    ];
    expect(counted(...events)).toEqual([['+delivery-late'], ['+lost'], ['−delivery-late']]);
  });

  it('is not counted anew by anything else that happens', () => {
    expect(counted(received, customerThanked({ why: reason }))).toEqual([['+delivery-late'], []]);
  });
});

describe('what is known of a complaint', () => {
  it('holds codes and ids only', () => {
    const [first, second] = history(`complaint-${COMPLAINT}`, [
      receivedWith(late),
      reclassified(LATE, { product: 'sofa' }),
    ]);
    const known = knownAfter(knownAfter(undefined, first as ComplaintFact), second as ComplaintFact);
    expect(known).toEqual({
      id: COMPLAINT,
      revision: 1,
      receivedAt: first!.effectiveAt,
      migrated: false,
      issues: [{ id: LATE, category: 'delivery-late', product: 'sofa' }],
    });
  });
});
