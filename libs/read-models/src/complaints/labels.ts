import type { Workplace } from '../projection.ts';
import { writeRows, type RowOf } from '../table.ts';
import { labelRows, type complaintRows, type ListedIssue } from './table.ts';

type Head = RowOf<typeof complaintRows>;

/** What a complaint is listed by, besides what its row is searched for. */
export const labelsOf = ({ channel, issues }: Pick<Head, 'channel' | 'issues'>): string[] => [
  labelOf('channel', channel),
  ...new Set((issues as readonly ListedIssue[]).map(({ category }) => labelOf('category', category))),
];

export const labelOf = (kind: 'channel' | 'category', code: string): string => `${kind}:${code}`;

export interface Relabelled {
  readonly head: Head;
  /** What it was listed by before the batch; absent: that has not changed. */
  readonly labels?: readonly string[];
}

/** Writes how the labels of complaints have changed, once all facts of a batch are folded. */
export const relabel = async (complaints: Iterable<Relabelled>, { tx, schema }: Workplace): Promise<void> => {
  const come: RowOf<typeof labelRows>[] = [];
  const gone: RowOf<typeof labelRows>[] = [];
  for (const { head, labels: before } of complaints) {
    if (!before) continue;
    const { complaint, received_at } = head;
    const now = labelsOf(head);
    for (const label of now) if (!before.includes(label)) come.push({ label, received_at, complaint });
    for (const label of before) if (!now.includes(label)) gone.push({ label, received_at, complaint });
  }
  await writeRows(tx, schema, labelRows, come);
  if (gone.length > 0)
    await tx.query(
      `delete from ${schema}.labels where (complaint, label) in (select * from unnest($1::uuid[], $2::text[]))`,
      [gone.map(({ complaint }) => complaint), gone.map(({ label }) => label)],
    );
};
