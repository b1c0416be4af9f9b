import { isDeepStrictEqual } from 'node:util';
import {
  grouped,
  type Answer,
  type Attempt,
  type Command,
  type Evidence,
  type LedgerFact,
  type Violation,
} from './evidence.ts';

/** What callers were told, against what the ledger holds. */
export const checkCommands = ({ facts, commands }: Pick<Evidence, 'facts' | 'commands'>): Violation[] => {
  const recorded = grouped(facts.filter(isAsked), ({ metadata }) => String(metadata.correlationId));
  const known = new Set(commands.map(({ correlation }) => correlation));
  const positions = new Set(facts.map(({ position }) => position));
  return [
    ...commands.flatMap((command) => [
      ...answersOf(command),
      ...standingOf(command, recorded.get(command.correlation) ?? [], positions),
    ]),
    ...[...recorded].flatMap(([correlation, own]) =>
      known.has(correlation)
        ? []
        : [
            {
              rule: 'nothing is recorded that nobody asked for',
              found: own.map(({ id, type }) => `${id} ${type}`).join(),
            },
          ],
    ),
  ];
};

/** What the system does by itself carries the correlation of its cause; the policy is adopted at the start. */
const isAsked = ({ metadata, stream }: LedgerFact): boolean => metadata.actor.role !== 'system' && stream !== 'policy';

/** What a caller may be told at all. */
const answersOf = (command: Command): Violation[] => {
  const violations: Violation[] = [];
  const found = (rule: string, what: string): void =>
    void violations.push({ rule, found: `${about(command)}: ${what}` });
  for (const attempt of command.attempts) {
    const { status, code } = attempt;
    if (status === undefined) continue;
    if (status >= 500 && status !== 503) found('nothing is answered with an error of ours', `${status} ${code ?? ''}`);
    if (status === 503 && !UNAVAILABLE.has(code ?? '')) found('a 503 says what is missing', String(code));
    if (status === 503 && attempt.retryAfter === undefined) found('a 503 says when to ask again', String(code));
  }
  const [first, ...others] = acknowledgements(command);
  for (const other of others)
    if (!isDeepStrictEqual(first, other))
      found('a repeat is answered alike', `${JSON.stringify(first)} and ${JSON.stringify(other)}`);
  const acknowledged = command.attempts.findIndex(({ answer }) => answer && answer.facts.length > 0);
  for (const { status, code, answer, sentAt } of command.attempts.slice(acknowledged + 1))
    if (first && sentAt >= command.attempts[acknowledged]!.endedAt && (isRefusal(status) || answer?.facts.length === 0))
      found('what was acknowledged stays so', `then ${status} ${code ?? 'without facts'}`);
  // Answered in the first go, in its place in a life, it is known what has to come of it.
  const at = command.attempts.toSorted((one, other) => one.sentAt - other.sentAt)[0];
  if (at?.status !== undefined && at.status < 500)
    if (command.meant === 'recorded' ? at.status !== 201 : !command.meant.includes(at.code ?? ''))
      found(
        'the answer fits the request',
        `${at.status} ${at.code ?? ''}, meant: ${[command.meant].flat().join(' or ')}`,
      );
  return violations;
};

const UNAVAILABLE = new Set(['ledger-unavailable', 'not-ready', 'read-model-behind']);

/** What of it must lie in the ledger, and what must not. */
const standingOf = (command: Command, own: readonly LedgerFact[], positions: ReadonlySet<string>): Violation[] => {
  const violations: Violation[] = [];
  const found = (rule: string, what: string): void =>
    void violations.push({ rule, found: `${about(command)}: ${what}` });
  const [answer] = acknowledgements(command);
  const last = lastWord(command.attempts);
  if (new Set(own.map(({ metadata }) => String(metadata.commandId))).size > 1)
    found('one request is one command', own.map(({ id }) => id).join());
  if (answer) {
    const told = answer.facts.map(({ id, type }) => `${id} ${type}`);
    const stored = own.map(({ id, type }) => `${id} ${type}`);
    if (!isDeepStrictEqual(told, stored))
      found(
        'acknowledged facts are in the ledger, exactly once',
        `told ${told.join()}; stored ${stored.join() || 'nothing'}`,
      );
    const newest = own.at(-1);
    if (newest && (newest.revision !== answer.revision || answer.etag !== `"${answer.revision}"`))
      found('an answer names the revision', `told ${answer.revision} and ${answer.etag}, stored ${newest.revision}`);
    if (newest && (answer.position === null || answer.position < newest.position || !positions.has(answer.position)))
      found('an answer names a position at or behind its facts', `told ${answer.position}, stored ${newest.position}`);
    if (answer.location === null) found('what was made has an address', 'no Location');
  } else if (last && own.length > 0) {
    found(
      'what was refused left no fact',
      `${last.status} ${last.code ?? ''}; stored ${own.map(({ id }) => id).join()}`,
    );
  } else if (!last && !command.abandoned) {
    found('every request is settled in the end', JSON.stringify(command.attempts.at(-1) ?? null));
  }
  return violations;
};

const acknowledgements = (command: Command): Answer[] =>
  command.attempts.flatMap(({ answer }) => (answer && answer.facts.length > 0 ? [answer] : []));

/** The last attempt, when it was a definite no (or an "already so"). A 503 and a lost answer settle nothing. */
const lastWord = (attempts: readonly Attempt[]): Attempt | undefined => {
  const last = attempts.toSorted((one, other) => one.endedAt - other.endedAt).at(-1);
  return last?.status !== undefined && last.status < 500 ? last : undefined;
};

const isRefusal = (status: number | undefined): boolean => status !== undefined && status >= 400 && status < 500;

const about = ({ name, correlation }: Command): string => `${name} (${correlation})`;
