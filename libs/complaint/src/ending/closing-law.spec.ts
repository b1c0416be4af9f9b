import fc from 'fast-check';
import { recorded } from '#fact/decision';
import type { FollowUpFact } from '#follow-up/events';
import { words } from '../complaint.stories.ts';
import type { Closing, Conduct } from '../conducts.stories.ts';
import { conducts, played } from '../conducts.stories.ts';
import type { ComplaintFact } from '../events.ts';
import { close } from './close.ts';
import { complaintClosed } from './events.ts';

/**
 * The law of closing, said a second time over the bare facts, by other means than the rules use (docs/formats.md, Closing,
 * exactly; Two streams, one decision): no sequence of commands over both streams closes a complaint that lacks something.
 */

type Type = ComplaintFact['type'];
type Of<T extends Type> = Extract<ComplaintFact, { type: T }>;

const all = <T extends Type>(facts: readonly ComplaintFact[], type: T): Of<T>[] =>
  facts.filter((fact): fact is Of<T> => fact.type === type);
const some = (facts: readonly ComplaintFact[], ...types: readonly Type[]) =>
  facts.some(({ type }) => types.includes(type));
const lastIndex = (facts: readonly ComplaintFact[], type: Type) => facts.findLastIndex((fact) => fact.type === type);

const issuesOf = (facts: readonly ComplaintFact[]) => [
  ...all(facts, 'ComplaintReceived').flatMap(({ data }) => data.issues),
  ...all(facts, 'IssueAdded').map(({ data }) => data.issue),
];

const weightNow = (facts: readonly ComplaintFact[]) => {
  const weights = issuesOf(facts).map((issue) => {
    const anew = all(facts, 'IssueReclassified').filter(({ data }) => data.issue === issue.id && data.severity);
    return anew.at(-1)?.data.severity ?? issue.severity ?? issue.presumed;
  });
  return weights.includes('grave') ? 'grave' : weights.includes('costly') ? 'costly' : 'minor';
};

const apologyLacks = (facts: readonly ComplaintFact[]): string[] => {
  const apologies = all(facts, 'ApologyGiven').map(({ data }) => data);
  const weight = weightNow(facts);
  if (weight === 'minor') return apologies.length > 0 ? [] : ['apology'];
  const costly = apologies.some(({ form }) => form === 'written' || form === 'gift') ? [] : ['costly apology'];
  if (weight === 'costly') return costly;
  const chiefs = apologies.some(({ level }) => level === 'manager' || level === 'director');
  return [
    ...costly,
    ...(chiefs ? [] : ["manager's apology"]),
    ...(some(facts, 'ResponsibilityAccepted') ? [] : ['responsibility']),
  ];
};

const remedyLacks = (facts: readonly ComplaintFact[]): string[] =>
  issuesOf(facts).flatMap(({ id }) => {
    const offers = all(facts, 'CompensationOffered').filter(({ data }) => data.issue === id);
    const compensated = offers.some(({ data: { compensation } }) => {
      const delivered = all(facts, 'CompensationDelivered').some(({ data }) => data.compensation === compensation);
      const answers = facts.filter(
        (fact) =>
          (fact.type === 'CompensationAccepted' || fact.type === 'CompensationDeclined') &&
          fact.data.compensation === compensation,
      );
      return delivered || answers.at(-1)?.type === 'CompensationDeclined';
    });
    const corrected = all(facts, 'CorrectionMade').some(({ data }) => data.issue === id);
    const hopeless =
      all(facts, 'IssueAssessed')
        .filter(({ data }) => data.issue === id)
        .at(-1)?.data.repairable === false;
    return compensated || (corrected && !hopeless) ? [] : [`remedy of ${id}`];
  });

const HOURS_4 = 4 * 3_600_000;

const callLacks = (
  facts: readonly ComplaintFact[],
  calls: readonly FollowUpFact[],
  closing: Of<'ComplaintClosed'>,
): string[] => {
  if (all(facts, 'ComplaintReceived')[0]!.data.origin?.migrated)
    return closing.data.followUp ? ['no call of a migrated complaint'] : [];
  const resolution = all(facts, 'ComplaintResolved').at(-1)?.id;
  const opening = calls.find((fact) => fact.type === 'FollowUpOpened' && fact.data.resolution === resolution);
  const happened = calls.filter(({ stream }) => stream === opening?.stream);
  const kept = closing.data.followUp;
  if (!opening || !kept || `follow-up-${kept.id}` !== opening.stream) return ['call of the latest resolution'];
  if (happened.some(({ type }) => type === 'FollowUpSuperseded')) return ['call that nobody superseded'];
  if (kept.revision !== happened.at(-1)!.revision) return ['revision of the call'];
  if (happened.some(({ type }) => type === 'CustomerReached'))
    return kept.standing === 'reached' ? [] : ['standing of the call'];
  const tries = happened
    .filter((fact) => fact.type === 'CallAttempted' && fact.data.result !== 'call-back')
    .map(({ effectiveAt }) => Date.parse(effectiveAt));
  const apart = tries.reduce<number[]>(
    (counted, at) => (counted.length === 0 || at - counted.at(-1)! >= HOURS_4 ? [...counted, at] : counted),
    [],
  );
  return apart.length >= 3 && kept.standing === 'exhausted'
    ? []
    : ['call that reached the customer or used up its attempts'];
};

/** Everything that a closing lacked at its time, over all closings of a conduct. */
const violations = ({ ledger }: Conduct): string[] =>
  ledger.flatMap((closing, place) => {
    if (closing.type !== 'ComplaintClosed') return [];
    const before = ledger.slice(0, place);
    const facts = before.filter((fact): fact is ComplaintFact => fact.stream.startsWith('complaint-'));
    const calls = before.filter((fact): fact is FollowUpFact => fact.stream.startsWith('follow-up-'));
    const reopened = lastIndex(facts, 'ComplaintReopened');
    return [
      ...(some(facts, 'CustomerThanked') ? [] : ['thanks']),
      ...apologyLacks(facts),
      ...(some(facts, 'CauseExplained', 'ExplanationWaived') ? [] : ['explanation']),
      ...remedyLacks(facts),
      ...(lastIndex(facts, 'ComplaintResolved') > reopened ? [] : ['resolution of this conduct']),
      ...callLacks(facts, calls, closing),
      ...(lastIndex(facts, 'ComplaintWithdrawn') > reopened ? ['a complaint that was not withdrawn'] : []),
      ...(lastIndex(facts, 'ComplaintClosed') > reopened ? ['a complaint that was not closed yet'] : []),
    ];
  });

const closings = ({ facts }: Conduct) => facts.filter(({ type }) => type === 'ComplaintClosed').length;

/** Always the same ones: what is said about how often something happens is said about these. */
const sampled = fc.sample(conducts, { numRuns: 400, seed: 4 });

describe('the law of closing', () => {
  it('no sequence of commands closes a complaint that lacks a demanded piece', () =>
    fc.assert(
      fc.property(conducts, (moves) => expect(violations(played(moves, words))).toEqual([])),
      { numRuns: 1000 },
    ));

  it('is about something: many of these sequences close their complaint, of every weight, also after a reopening', () => {
    const sample = sampled.map((moves) => played(moves, words));
    const closed = sample.filter((conduct) => closings(conduct) > 0);
    expect(closed.length / sample.length).toBeGreaterThan(0.25);
    expect(closed.length / sample.length).toBeLessThan(0.9);
    expect(sample.some((conduct) => closings(conduct) > 1)).toBe(true);
    const weights = new Set(closed.map(({ facts }) => weightNow(facts)));
    expect(weights).toEqual(new Set(['minor', 'costly', 'grave']));
    const standings = new Set(
      closed.flatMap(({ facts }) => all(facts, 'ComplaintClosed').map(({ data }) => data.followUp?.standing)),
    );
    expect(standings).toEqual(new Set(['reached', 'exhausted', undefined]));
  });

  it.each<[string, (missing: readonly { readonly code: string }[]) => boolean]>(
    ['thanks', 'apology', 'responsibility', 'explanation', 'remedy', 'resolution', 'follow-up'].map((code) => [
      code,
      (missing) => missing.every((one) => one.code === code),
    ]),
  )('is seen to be broken by a rule that forgets the %s', (_code, forgives) => {
    const forgetful: Closing = (command, complaint, call, policy) => {
      const decision = close(command, complaint, call, policy);
      if (decision.kind !== 'refused' || decision.refusal.code !== 'not-ready-to-close') return decision;
      const missing = decision.refusal.members!['missing'] as { code: string }[];
      const { id, revision, state } = call ?? { id: complaint.id, revision: 0, state: undefined };
      const standing = state?.situation === 'exhausted' ? 'exhausted' : 'reached';
      const migrated = complaint.received.origin?.migrated;
      return forgives(missing)
        ? recorded(complaintClosed(migrated ? {} : { followUp: { id, revision, standing } }))
        : decision;
    };
    const broken = sampled.filter((moves) => violations(played(moves, words, forgetful)).length > 0);
    expect(broken.length).toBeGreaterThan(0);
  });
});
