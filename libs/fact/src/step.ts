import type { Decision } from './decision.ts';
import type { Event } from './define-event.ts';
import type { Role } from './fact.ts';

/** What stands in the way of a step: a refusal, or that it is done already. */
export type Hindrance = Exclude<Decision<never>, { readonly kind: 'recorded' }>;

interface About<Name extends string> {
  /** The door below the noun: `thanks`, `compensations/deliveries` … Also names the step where next steps are told. */
  readonly step: Name;
  /** The roles that can do it, where not everybody can. */
  readonly roles?: readonly Role[];
}

/**
 * A rule that people can be told about: `can` says what stands in its way, before anything is known of the command, and
 * is what both the rule and the list of possible steps ask. The rule is called as any: `thank(command, state, policy)`.
 */
export const step = <
  const Name extends string,
  Command,
  State,
  Policy,
  Way extends Hindrance | undefined,
  Answer extends Decision<Event>,
>({
  decide,
  ...about
}: About<Name> & {
  readonly can: (state: State, policy: Policy) => Way;
  /** Asked when nothing stands in the way. */
  readonly decide: (command: Command, state: State, policy: Policy) => Answer;
}) =>
  Object.assign(
    (command: Command, state: State, policy: Policy): NonNullable<Way> | Answer =>
      about.can(state, policy) ?? decide(command, state, policy),
    about,
  );

/** A rule that asks its `can` by itself: in an order of its own, or because a command may set it aside. */
export const stepWithOwnOrder = <
  const Name extends string,
  Can extends (...asked: never[]) => Hindrance | undefined,
  Rule extends (...asked: never[]) => Decision<Event>,
>({
  rule,
  ...about
}: About<Name> & { readonly can: Can; readonly rule: Rule }) => Object.assign(rule, about);
