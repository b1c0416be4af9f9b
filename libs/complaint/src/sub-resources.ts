import type { List } from '#fact/list';
import { causesParts } from './causes/state.ts';
import type { Complaint } from './complaint.ts';
import { conversationParts } from './conversation/state.ts';
import { issuesParts } from './issues/state.ts';
import { promisesParts } from './promises/state.ts';
import { remedyParts } from './remedy/state.ts';

/** The parts of a complaint that have an id of their own, as the chapters declare them. */
export const SUB_RESOURCES = {
  ...issuesParts,
  ...conversationParts,
  ...promisesParts,
  ...causesParts,
  ...remedyParts,
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
