import { byStream, grouped, idIn, nounOf, type Evidence, type LedgerFact, type Violation } from './evidence.ts';

/** What the system does by itself, once in effect: calls opened and superseded, promises broken, silence noticed. */
export const checkEffects = (evidence: Evidence): Violation[] => {
  const streams = byStream(evidence.facts);
  const calls = new Map<string, LedgerFact[]>();
  const violations: Violation[] = [];
  for (const [stream, facts] of streams) {
    if (nounOf(stream) !== 'follow-up') continue;
    const resolution = String(facts[0]!.data.resolution);
    if (calls.has(resolution))
      violations.push({ rule: 'a resolution has one call', found: `${resolution}: ${stream}` });
    calls.set(resolution, facts);
  }
  for (const [stream, facts] of streams)
    if (nounOf(stream) === 'complaint')
      violations.push(
        ...callsOf(stream, facts, calls),
        ...promisesOf(stream, facts, evidence.restedAt),
        ...silenceOf(stream, facts, evidence.restedAt),
      );
  const resolutions = new Set(evidence.facts.filter(isA('ComplaintResolved')).map(({ id }) => id));
  for (const [resolution, [opened]] of calls)
    if (!resolutions.has(resolution))
      violations.push({ rule: 'no call without a resolution', found: `${opened!.stream} of ${resolution}` });
  return [...violations, ...toldCalls(evidence, calls)];
};

const isA =
  (...types: readonly string[]) =>
  ({ type }: LedgerFact): boolean =>
    types.includes(type);

const callsOf = (
  stream: string,
  facts: readonly LedgerFact[],
  calls: ReadonlyMap<string, LedgerFact[]>,
): Violation[] => {
  const violations: Violation[] = [];
  let resolution: LedgerFact | undefined;
  for (const fact of facts) {
    if (fact.type === 'ComplaintResolved') {
      resolution = fact;
      if (calls.get(fact.id)?.[0]?.type !== 'FollowUpOpened')
        violations.push({ rule: 'each resolution opens its call', found: `${stream}: ${fact.id} has none` });
    }
    if (fact.type === 'ComplaintReopened' && resolution) {
      const call = calls.get(resolution.id) ?? [];
      const ended = call.filter(isA('CustomerReached', 'CustomerNotReached', 'FollowUpSuperseded'));
      const by = ended[0]?.type === 'FollowUpSuperseded' ? String(ended[0].data.by) : undefined;
      if (ended.length === 0 || (by !== undefined && by !== fact.id))
        violations.push({ rule: 'a reopening supersedes an open call', found: `${stream}: ${fact.id}` });
    }
  }
  for (const call of calls.values())
    if (call[0]?.data.complaint === idIn(stream) && call.filter(isA('FollowUpOpened', 'FollowUpSuperseded')).length > 2)
      violations.push({ rule: 'a call is opened once and superseded once', found: call[0].stream });
  return violations;
};

/** A promise breaks exactly when its time has passed and it was not kept in time. */
const promisesOf = (stream: string, facts: readonly LedgerFact[], restedAt: number): Violation[] =>
  facts.filter(isA('PromiseMade')).flatMap(({ data }) => {
    const { promise, due } = data as { promise: string; due: string };
    const of = (type: string): LedgerFact[] =>
      facts.filter((fact) => fact.type === type && fact.data.promise === promise);
    const kept = of('PromiseFulfilled').some(({ metadata }) => metadata.effectiveAt <= due);
    const expected = !kept && Date.parse(due) < restedAt ? 1 : 0;
    const broken = of('PromiseBroken').length;
    return broken === expected
      ? []
      : [
          {
            rule: 'a promise is broken once, when it is',
            found: `${stream}: ${promise} ${broken} times, not ${expected}`,
          },
        ];
  });

/** Silence is noticed exactly when the norm has passed without a response. */
const silenceOf = (stream: string, facts: readonly LedgerFact[], restedAt: number): Violation[] => {
  const due = (facts[0]!.data.dues as { clock: string; due: string }[] | undefined)?.find(
    ({ clock }) => clock === 'first-response',
  )?.due;
  if (due === undefined) return [];
  const answered = facts.some(
    (fact) =>
      fact.metadata.effectiveAt <= due &&
      (isA('ComplaintAcknowledged', 'CustomerThanked', 'ComplaintWithdrawn')(fact) ||
        (fact.type === 'MessageRecorded' && fact.data.direction === 'out')),
  );
  const expected = !answered && Date.parse(due) < restedAt ? 1 : 0;
  const missed = facts.filter(isA('FirstResponseMissed')).length;
  return missed === expected
    ? []
    : [{ rule: 'silence is noticed once, when it is', found: `${stream}: ${missed} times, not ${expected}` }];
};

/** Who resolved a complaint was told the call's id. */
const toldCalls = ({ commands }: Evidence, calls: ReadonlyMap<string, LedgerFact[]>): Violation[] =>
  commands.flatMap(({ attempts, name }) =>
    [
      ...grouped(
        attempts.flatMap(({ answer }) => answer ?? []),
        ({ followUp }) => followUp ?? '',
      ),
    ].flatMap(([told, [answer]]): Violation[] => {
      const resolution = answer!.facts.find(({ type }) => type === 'ComplaintResolved');
      if (!resolution || calls.get(resolution.id)?.[0]?.stream === `follow-up-${told}`) return [];
      return [{ rule: 'a resolution names its call', found: `${name}: told ${told || 'none'}` }];
    }),
  );
