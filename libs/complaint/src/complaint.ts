import type { Static } from '@sinclair/typebox';
import type { Role } from '#fact/fact';
import type { Personal } from '#fact/personal';
import type { Process } from '#fact/vocabulary';
import type { complaintReceived } from './events/intake.ts';
import type { ApologyForm } from '#policy/vocabulary';
import type { Answer, Due, Issue } from './vocabulary.ts';

/** When something became so, by whom, and the fact that says it. */
export interface Mark {
  readonly at: string;
  readonly by: string;
  readonly fact: string;
  /** The fact's revision: tells which conduct it belongs to. */
  readonly revision: number;
}

export interface Apology extends Mark {
  readonly level: Role;
  readonly form: ApologyForm;
  readonly words: Personal;
}

export interface Promised extends Mark {
  readonly id: string;
  readonly what: string;
  readonly due: string;
  readonly fulfilled: Mark | null;
  /** The system saw that it was not kept in time. A fulfilment recorded late stands beside it. */
  readonly broken: Mark | null;
}

export interface Compensation extends Mark {
  readonly id: string;
  readonly issue: string;
  readonly item: string;
  readonly value?: { readonly amount: number; readonly currency: string };
  readonly accepted: Mark | null;
  readonly declined: (Mark & { readonly reason: Personal }) | null;
  readonly delivered: (Mark & { readonly proof: Personal }) | null;
}

export interface Cause extends Mark {
  readonly id: string;
  readonly issue: string;
  readonly state: 'hypothesis' | 'confirmed';
  readonly confirms?: string;
  readonly process: Process;
  readonly text?: Personal;
}

/** An issue as it is classified now, and what was done about it. */
export interface IssueState extends Issue {
  readonly repairable: boolean | null;
  readonly corrections: readonly (Mark & {
    readonly id: string;
    readonly what: Personal;
    readonly inPresence: boolean;
  })[];
}

export interface InformationRequest extends Mark {
  readonly id: string;
  readonly ask: Personal;
  readonly topic?: string;
  readonly time: number;
  readonly given: Mark | null;
}

export interface Message extends Mark {
  readonly id: string;
  readonly direction: 'in' | 'out';
  readonly channel: string;
  readonly text: Personal;
}

/** A time limit, and when that took effect which it waited for, or the customer withdrew; null while it runs. */
export type RunningDue = Due & { readonly stopped: string | null };

/** Everything that is so about one complaint (mission §3: facts, not one status). Folded from its stream, nothing else. */
export interface Complaint {
  readonly id: string;
  readonly received: Static<typeof complaintReceived.data>;
  readonly receivedAt: string;
  readonly receivedBy: Mark;
  /** 1 from the receipt on, one more with each reopening (formats.md, Closing, exactly). */
  readonly conduct: number;
  /** The revision that the present conduct began with. */
  readonly conductSince: number;
  /** Fact ids, with their types, newest last: what can be rectified. */
  readonly facts: readonly { readonly id: string; readonly type: string }[];
  readonly contact: { readonly name?: Personal; readonly phone?: Personal; readonly email?: Personal };
  readonly handler: string | null;
  readonly issues: readonly IssueState[];
  readonly dues: readonly RunningDue[];
  readonly acknowledged: Mark | null;
  readonly thanked: (Mark & { readonly why: Personal }) | null;
  readonly apologies: readonly Apology[];
  readonly responsibility: (Mark & { readonly words: Personal }) | null;
  readonly requests: readonly InformationRequest[];
  readonly information: readonly (Mark & { readonly request?: string; readonly text: Personal })[];
  readonly messages: readonly Message[];
  readonly promises: readonly Promised[];
  readonly causes: readonly Cause[];
  readonly explained:
    (Mark & ({ readonly text: Personal } | { readonly waived: true; readonly reason: Personal })) | null;
  readonly compensations: readonly Compensation[];
  readonly firstResponseMissed: Mark | null;
  readonly firstResponseFoundTimely: Mark | null;
  /** Every resolution, oldest first: each asks for a call of its own. */
  readonly resolutions: readonly (Mark & { readonly text: Personal })[];
  /** Of this conduct; null again after a reopening. */
  readonly resolved: Mark | null;
  readonly accepted: Mark | null;
  readonly customerAnswer: (Mark & { readonly value: Answer }) | null;
  readonly closed: Mark | null;
  readonly withdrawn: (Mark & { readonly reason: Personal }) | null;
  readonly reopenings: readonly (Mark & { readonly reason: Personal })[];
  readonly overrides: readonly (Mark & { readonly rule: string; readonly reason: Personal })[];
  readonly rectifications: readonly (Mark & {
    readonly of: string;
    readonly type: string;
    readonly data?: Personal;
    readonly representative?: Personal;
    readonly reason: Personal;
  })[];
}
