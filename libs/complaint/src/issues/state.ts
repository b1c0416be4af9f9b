import { List } from '#fact/list';
import type { Personal } from '#fact/personal';
import type { ComplaintFactOf } from '../events.ts';
import { added, changed, type ChapterFold } from '../fold.ts';
import type { Mark } from '../mark.ts';
import type { Issue } from '../vocabulary.ts';

export interface Correction extends Mark {
  readonly id: string;
  readonly what: Personal;
  readonly inPresence: boolean;
}

/** An issue as it is classified now, and what was done about it. */
export interface IssueState extends Issue {
  readonly repairable: boolean | null;
  readonly corrections: List<Correction>;
}

/** What went wrong. */
export interface IssuesState {
  readonly issues: List<IssueState>;
}

/** The parts that have an id of their own: their path below the complaint, and where they lie. */
export const issuesParts = { issue: { path: 'issues', all: ({ issues }: IssuesState) => issues } } as const;

const newIssue = (issue: Issue): IssueState => ({ ...issue, repairable: null, corrections: List.empty });

export const issuesAt = ({ data }: ComplaintFactOf<'ComplaintReceived'>): IssuesState => ({
  issues: List.from(data.issues.map(newIssue)),
});

export const issuesFold: ChapterFold<'issues', IssuesState> = {
  IssueAdded: ({ issues }, { data }) => ({ issues: added(issues, newIssue(data.issue)) }),
  IssueReclassified: ({ issues }, { data }) => {
    const { issue: id, reason: _reason, ...classification } = data;
    return { issues: changed(issues, id, (issue) => ({ ...issue, ...classification })) };
  },
  IssueAssessed: ({ issues }, { data: { issue: id, repairable } }) => ({
    issues: changed(issues, id, (issue) => ({ ...issue, repairable })),
  }),
};
