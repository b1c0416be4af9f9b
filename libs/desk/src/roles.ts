import type { Role } from '#fact/fact';

/** Who may ask for what (docs/api.md, Who acts). `system` is nobody who comes through a door. */

/** Who conducts complaints and calls. */
export const CONDUCTORS = ['handler', 'lead', 'manager', 'director'] as const satisfies readonly Role[];

/** Everybody employed here: they read complaints, lists, policy and the feed. */
export const STAFF = [...CONDUCTORS, 'auditor', 'privacy-officer', 'administrator'] as const satisfies readonly Role[];

/** Who may bring a complaint: intake never closes. An administrator brings existing records over. */
export const RECEIVERS = ['customer', ...CONDUCTORS, 'administrator'] as const satisfies readonly Role[];

/** Their names, for those who read about them. */
export const ROLE_GROUPS: Readonly<Record<string, readonly Role[]>> = {
  conductors: CONDUCTORS,
  staff: STAFF,
  receivers: RECEIVERS,
};

/** The roles that may go through a door; `open`: anybody, without being asked who they are. */
export type Permission = readonly Role[] | 'open';

/** What every door tells of itself: the guard, the OpenAPI document and docs/routes.md are made from it. */
export interface DoorDescription {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below `/`, parameters as `:name`: `v1/complaints/:complaint/thanks`. */
  readonly path: string;
  /** One sentence that says what it does. */
  readonly summary: string;
  readonly roles: Permission;
}
