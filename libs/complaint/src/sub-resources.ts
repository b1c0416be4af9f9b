import { List } from '#fact/list';
import type { Complaint } from './complaint.ts';

/** The parts of a complaint that have an id of their own: their path below the complaint, and where they lie. */
export const SUB_RESOURCES = {
  issue: { path: 'issues', all: ({ issues }: Complaint) => issues },
  'information-request': { path: 'information-requests', all: ({ requests }: Complaint) => requests },
  message: { path: 'messages', all: ({ messages }: Complaint) => messages },
  promise: { path: 'promises', all: ({ promises }: Complaint) => promises },
  cause: { path: 'causes', all: ({ causes }: Complaint) => causes },
  correction: {
    path: 'corrections',
    all: ({ issues }: Complaint) =>
      List.from(issues.flatMap(({ id, corrections }) => corrections.map((one) => ({ ...one, issue: id })))),
  },
  compensation: { path: 'compensations', all: ({ compensations }: Complaint) => compensations },
} as const;

export type SubResource = keyof typeof SUB_RESOURCES;
export type PartOf<Kind extends SubResource> =
  ReturnType<(typeof SUB_RESOURCES)[Kind]['all']> extends List<infer T> ? T : never;

/** The part of this kind and id; undefined when the complaint has none. */
export const partOf = <Kind extends SubResource>(
  complaint: Complaint,
  kind: Kind,
  id: string | undefined,
): PartOf<Kind> | undefined => {
  const all: List<{ readonly id: string }> = SUB_RESOURCES[kind].all(complaint);
  return all.findLast((one) => one.id === id) as PartOf<Kind> | undefined;
};
