import type { Role } from '#fact/fact';
import type { Hindrance } from '#fact/step';
import type { FollowUp } from '#follow-up/follow-up';
import type { VersionedPolicy } from '#policy/policy';
import type { Complaint } from '../complaint.ts';
import type { PartOf, SubResource } from '../sub-resources.ts';
import { STEPS, type Circumstances, type Step, type StepName } from './steps.ts';

/** A rule, as far as it can be asked what stands in its way. */
interface Asked<Subject extends readonly unknown[]> {
  readonly step: StepName;
  readonly roles?: readonly Role[];
  readonly can: (...subject: Subject) => Hindrance | undefined;
}

type AboutParts<Kind extends SubResource> = Kind extends SubResource
  ? { readonly about: Kind; readonly rules: readonly Asked<[Complaint, VersionedPolicy, PartOf<Kind>]>[] }
  : never;

type Group =
  | { readonly about: 'complaint'; readonly rules: readonly Asked<[Complaint, VersionedPolicy, Circumstances]>[] }
  | { readonly about: 'call'; readonly rules: readonly Asked<[FollowUp, VersionedPolicy]>[] }
  | AboutParts<'issue' | 'compensation' | 'promise'>;

const GROUPS: readonly Group[] = STEPS;

/** What the rules would record now, if somebody did it (docs/domain.md §3): that in whose way nothing stands. */
export const possibleSteps = (complaint: Complaint, circumstances: Circumstances, policy: VersionedPolicy): Step[] =>
  GROUPS.flatMap((group): Step[] => {
    switch (group.about) {
      case 'complaint':
        return open(group.rules, complaint, policy, circumstances);
      case 'issue':
        return complaint.issues.flatMap((issue) => open(group.rules, complaint, policy, issue).map(of('issue', issue)));
      case 'compensation':
        return complaint.compensations.flatMap((one) =>
          open(group.rules, complaint, policy, one).map(of('compensation', one)),
        );
      case 'promise':
        return complaint.promises.flatMap((one) => open(group.rules, complaint, policy, one).map(of('promise', one)));
      case 'call': {
        const { call } = circumstances;
        return call ? open(group.rules, call, policy).map(of('followUp', call)) : [];
      }
    }
  });

const open = <Subject extends readonly unknown[]>(rules: readonly Asked<Subject>[], ...subject: Subject): Step[] =>
  rules
    .filter(({ can }) => can(...subject) === undefined)
    .map(({ step, roles }) => ({ step, ...(roles && { roles }) }));

/** Names the part that a step is about. */
const of =
  (member: 'issue' | 'compensation' | 'promise' | 'followUp', { id }: { readonly id: string }) =>
  (step: Step): Step => ({ ...step, [member]: id });
