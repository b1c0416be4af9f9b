import { complaintChapters, type ComplaintFact } from '#complaint/events';
import { reading } from '#fact/reading';
import { idOf } from '#fact/stream-kind';
import type { Issue } from '#complaint/vocabulary';
import { groupKey, groupOf, type Group } from '#recurrence/group';

/** The codes of an issue, as they are now. */
export type IssueCodes = Pick<Issue, 'id' | 'category' | 'product' | 'touchpoint' | 'process'>;

/** A complaint as far as the process manager asks, through one revision of its stream. */
export interface KnownComplaint {
  readonly id: string;
  readonly revision: number;
  /** Effective. */
  readonly receivedAt: string;
  readonly migrated: boolean;
  readonly issues: readonly IssueCodes[];
}

/** That a complaint begins (or no longer begins) to count in a group, because of one fact. */
export interface Counted {
  readonly group: Group;
  readonly counts: boolean;
}

/** What is known after one more fact. */
export const knownAfter = (known: KnownComplaint | undefined, fact: ComplaintFact): KnownComplaint => {
  if (fact.type === 'ComplaintReceived')
    return {
      id: idOf(fact),
      revision: fact.revision,
      receivedAt: fact.effectiveAt,
      migrated: fact.data.origin?.migrated ?? false,
      issues: fact.data.issues.map(codesOf),
    };
  if (!known) throw new Error(`a complaint begins with its receipt, not with ${fact.type}`);
  return { ...known, revision: fact.revision, issues: issuesAfter(known.issues, fact) };
};

const issuesAfter = reading<readonly IssueCodes[]>()(complaintChapters, ['issues'], {
  IssueAdded: (issues, { data }) => [...issues, codesOf(data.issue)],
  IssueReclassified: (issues, { data }) =>
    issues.map((issue) => (issue.id === data.issue ? codesOf({ ...issue, ...data, id: issue.id }) : issue)),
  IssueAssessed: 'ignored',
});

const codesOf = ({ id, category, product, touchpoint, process }: IssueCodes): IssueCodes => ({
  id,
  category,
  ...(product !== undefined && { product }),
  ...(touchpoint !== undefined && { touchpoint }),
  ...(process !== undefined && { process }),
});

/**
 * The groups in which the complaint counts from this fact on, and those in which it no longer does. A complaint counts
 * once in a group, however many of its issues belong there.
 */
export const countedBy = (before: KnownComplaint | undefined, after: KnownComplaint): readonly Counted[] => {
  const from = groupsOf(before);
  const to = groupsOf(after);
  return [
    ...[...from].filter(([key]) => !to.has(key)).map(([, group]) => ({ group, counts: false })),
    ...[...to].filter(([key]) => !from.has(key)).map(([, group]) => ({ group, counts: true })),
  ];
};

const groupsOf = (known: KnownComplaint | undefined): ReadonlyMap<string, Group> =>
  new Map(
    (known?.issues ?? []).flatMap((issue) => {
      const group = groupOf(issue);
      return group ? [[groupKey(group), group] as const] : [];
    }),
  );
