import { Injectable } from '@nestjs/common';
import { Command } from '@nestjs/cqrs';
import type { Complaint } from '#complaint/complaint';
import { complaintStreams } from '#complaint/complaint-streams';
import { partOf, SUB_RESOURCES, type SubResource } from '#complaint/sub-resources';
import type { ComplaintEvent } from '#complaint/events';
import type { RefusalCode } from '#complaint/refusals';
import type { Decision, Refusal } from '#fact/decision';
import type { Actor } from '#fact/fact';
import { streamOf } from '#fact/stream-kind';
import { derivedId } from '#privacy/secrets';
import { following, notFound, refusal, written, type Settled, type Subject } from './answering.ts';
import type { Caller } from './caller.ts';
import { Desk, type Asked, type Dated } from './desk.ts';
import { UUID } from './forms.ts';
import { readReference } from './reference.ts';
import type { Written } from './written.ts';

/** A command to a complaint that stands. */
export class ToComplaint<Body extends Dated> extends Command<Written> {
  constructor(
    /** Its id or its reference. */
    readonly complaint: string,
    readonly body: Body,
    readonly caller: Caller,
    /** The id of the thing within it that the command acts upon. */
    readonly on?: string,
  ) {
    super();
  }
}

/** A thing inside a complaint that has an id. */
export type Thing = SubResource;

/** What a rule is told about a complaint. */
export interface AskedOfComplaint extends Asked {
  readonly actor: Actor;
  /** The id for what the command creates, derived from the command's, so that a repeat meets it. */
  readonly id: string;
}

export type ComplaintDecision = Decision<ComplaintEvent, RefusalCode>;

interface Answering {
  /** What the command creates, if it creates something that has an id. */
  readonly creates?: Thing;
  /** What the command acts upon; unknown to the complaint: not-found. */
  readonly on?: { readonly thing: Thing; readonly id: string };
  /** Work that belongs to the answer: also done when the command is found recorded, so it must bear repeating. */
  readonly then?: (outcome: Settled<Complaint>) => Promise<Followed>;
}

/** What that work adds to the answer: members, and the position of what it recorded elsewhere. */
export interface Followed {
  readonly members?: Readonly<Record<string, unknown>>;
  readonly position?: string | undefined;
}

export const complaintPath = (id: string): string => `/v1/complaints/${id}`;

/** The way of a command to a complaint, the same for all: find it, ask the rule, answer. */
@Injectable()
export class ComplaintDesk {
  constructor(readonly desk: Desk) {}

  async write(
    { complaint, body, caller }: ToComplaint<Dated>,
    decide: (complaint: Complaint, asked: AskedOfComplaint) => ComplaintDecision | Promise<ComplaintDecision>,
    { creates, on, then }: Answering = {},
  ): Promise<Written> {
    const found = await this.find(complaint);
    if ('refusal' in found) return found;
    const request = this.desk.requestOf(caller, body);
    const created = creates && derivedId(request.commandId, creates);
    const outcome = await this.desk.write(
      complaintStreams,
      streamOf('complaint', found.id),
      request,
      (state, asked) => {
        if (!state || (on && !partOf(state, on.thing, on.id))) return notFoundDecision;
        return decide(state, { actor: caller.actor, id: created ?? found.id, ...asked });
      },
    );
    const settled = outcome.kind === 'recorded' || outcome.kind === 'nothing';
    const followed = then && settled ? await following(outcome, then) : {};
    return written(outcome, ({ kind }) => ({
      ...subjectOf(found.id, kind === 'recorded' ? created : undefined, creates, on),
      ...followed,
    }));
  }

  /** The complaint that an id or a reference in a path names. An id is not looked up here. */
  async find(
    written: string,
  ): Promise<{ readonly id: string } | { readonly kind: 'refused'; readonly refusal: Refusal }> {
    if (UUID.test(written)) return { id: written };
    const read = readReference(written);
    if (read.kind === 'mistyped') return refusal('mistyped-reference');
    const id = read.kind === 'reference' ? await this.desk.parts.references.find(read.reference) : undefined;
    return id === undefined ? notFound : { id };
  }
}

const notFoundDecision = { kind: 'refused', refusal: { code: 'not-found' } } as const;

const subjectOf = (
  complaint: string,
  created: string | undefined,
  creates: Thing | undefined,
  on: Answering['on'],
): Subject => {
  const thing = created !== undefined && creates ? { thing: creates, id: created } : on;
  return thing
    ? { id: thing.id, location: `${complaintPath(complaint)}/${SUB_RESOURCES[thing.thing].path}/${thing.id}` }
    : { id: complaint, location: complaintPath(complaint) };
};
