import { history } from '#fact/story';
import { id, received, words } from './complaint.stories.ts';
import { complaintStreams } from './complaint-streams.ts';
import type { Complaint } from './complaint.ts';
import { informationGiven, informationRequested, messageRecorded } from './conversation/events.ts';
import type { ComplaintEvent } from './events.ts';
import { promiseFulfilled, promiseMade } from './promises/events.ts';

/** What a long conversation consists of. */
const said = (n: number): readonly ComplaintEvent[] => [
  messageRecorded({ message: id(n), direction: 'in', channel: 'email', text: words }),
  informationRequested({ request: id(n), ask: words, time: 1 }),
  informationGiven({ request: id(n), text: words }),
  promiseMade({ promise: id(n), what: 'update', due: '2026-03-02T12:00:00.000Z' }),
  promiseFulfilled({ promise: id(n) }),
];

const streamOf = (length: number) =>
  history<ComplaintEvent>('complaint-x', [
    received,
    ...Array.from({ length: length / 5 }, (_, n) => said(n)).flat(),
  ]).slice(0, length);

const fold = (facts: ReturnType<typeof streamOf>) =>
  facts.reduce<Complaint | undefined>((state, fact) => complaintStreams.evolve(state, fact), undefined)!;

/** The length of the longest array in a value, however deep. */
const longestIn = (value: unknown): number => {
  if (typeof value !== 'object' || value === null) return 0;
  return Math.max(Array.isArray(value) ? value.length : 0, ...Object.values(value).map(longestIn));
};

describe('folding', () => {
  // Arrays are copied when something is added. One that grows as the stream does makes folding take its square.
  it('copies nothing for a fact that is as long as the stream', () =>
    expect(longestIn(fold(streamOf(5_000)))).toBeLessThan(200));

  it('leaves a state that others hold as it was', () => {
    const facts = streamOf(200);
    const [before, last] = [fold(facts.slice(0, 150)), facts.slice(150)];
    const shown = JSON.stringify(before);
    last.reduce((state, fact) => complaintStreams.evolve(state, fact), before);
    expect(JSON.stringify(before)).toBe(shown);
  });
});
