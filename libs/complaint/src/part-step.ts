import type { Decision } from '#fact/decision';
import type { Event } from '#fact/define-event';
import type { Hindrance } from '#fact/step';
import type { Complaint } from './complaint.ts';
import { partOf, type PartOf, type SubResource } from './sub-resources.ts';

/**
 * A step that is about one part of a complaint, which its command names by the member of that kind. `can` is asked with
 * the part; where the complaint has no such part, it says what stands in the way of any.
 */
export const partStep = <
  const Name extends string,
  const Kind extends SubResource,
  Command extends Readonly<Record<Kind, string>>,
  Policy,
  Way extends Hindrance | undefined,
  Answer extends Decision<Event>,
>({
  decide,
  ...about
}: {
  readonly step: Name;
  readonly of: Kind;
  readonly can: (complaint: Complaint, policy: Policy, part: PartOf<Kind> | undefined) => Way;
  readonly decide: (command: Command, complaint: Complaint, policy: Policy, part: PartOf<Kind> | undefined) => Answer;
}) =>
  Object.assign((command: Command, complaint: Complaint, policy: Policy): NonNullable<Way> | Answer => {
    const part = partOf(complaint, about.of, command[about.of]);
    return about.can(complaint, policy, part) ?? decide(command, complaint, policy, part);
  }, about);
