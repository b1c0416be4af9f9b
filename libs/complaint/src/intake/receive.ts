import type { Static } from '@sinclair/typebox';
import { nothing, recorded } from '#fact/decision';
import type { VersionedPolicy } from '#policy/policy';
import { duesSetBy } from '../clocks/dues-set-by.ts';
import type { Complaint } from '../complaint.ts';
import { unknownCodes, wrongCategory, wrongChannel, wrongOutcomes } from '../policy-codes.ts';
import { UNSPECIFIED, type Issue } from '../vocabulary.ts';
import { complaintReceived } from './events.ts';

type Received = Static<typeof complaintReceived.data>;

/** An issue as it is told; how much it presumably weighs is the policy's to say. */
export type ToldIssue = Omit<Issue, 'presumed'>;

export interface Receive extends Omit<Received, 'issues' | 'dues'> {
  /** When the complaint arrived, of any past. */
  readonly receivedAt: string;
  readonly issues: ToldIssue[];
  /** The id of the issue that is made when none is told. */
  readonly issueIdIfNone: string;
}

/** The weight of an issue while no severity is known, kept in the fact (docs/formats.md, Closing, exactly). */
export const weighed = (issue: ToldIssue, policy: VersionedPolicy): Issue => ({
  ...issue,
  presumed: policy.defaultSeverity,
});

/**
 * docs/domain.md §2: every complaint is taken. Nothing is refused for being unjustified, rude, late or small; only codes that the
 * policy does not know come back, because nobody could count them.
 */
export const receive = (command: Receive, complaint: Complaint | undefined, policy: VersionedPolicy) => {
  if (complaint) return nothing;
  const wrong = unknownCodes(
    ...wrongChannel(command.channel, policy),
    ...wrongOutcomes(command.desiredOutcomes, policy),
    ...command.issues.flatMap(({ category }, index) => wrongCategory(category, policy, `#/issues/${index}/category`)),
  );
  if (wrong) return wrong;
  const { receivedAt, issueIdIfNone, issues, ...told } = command;
  return recorded(
    complaintReceived({
      ...told,
      issues: (issues.length > 0 ? issues : [{ id: issueIdIfNone, category: UNSPECIFIED }]).map((issue) =>
        weighed(issue, policy),
      ),
      dues: told.origin?.migrated ? [] : duesSetBy(complaintReceived.type, receivedAt, policy),
    }),
  );
};
