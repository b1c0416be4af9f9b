import type { CallRead } from '#complaint/ending/close';
import { Injectable } from '@nestjs/common';
import { Command } from '@nestjs/cqrs';
import type { Complaint } from '#complaint/complaint';
import { complaintStreams } from '#complaint/complaint-streams';
import type { Actor, Fact } from '#fact/fact';
import type { Decision } from '#fact/decision';
import { streamOf } from '#fact/stream-kind';
import type { FollowUpEvent } from '#follow-up/events';
import type { FollowUpRefusal } from '#follow-up/refusals';
import { followUpStreams, type FollowUp } from '#follow-up/follow-up';
import { openFollowUp } from '#follow-up/open';
import { supersede } from '#follow-up/supersede';
import { StoreUnavailable } from '#ledger/stream/port';
import { fold, type Outcome, type Request } from '#ledger/stream/transact';
import { written } from './answering.ts';
import type { Caller } from './caller.ts';
import { causedBy, followUpIdOf, OPEN_FOLLOW_UP, SUPERSEDE_FOLLOW_UP, type Cause } from './causes.ts';
import { Desk, type Asked, type Dated } from './desk.ts';
import { UUID } from './forms.ts';
import type { Written } from './written.ts';

/** A command to a follow-up call that is open. */
export class ToFollowUp<Body extends Dated> extends Command<Written> {
  constructor(
    readonly followUp: string,
    readonly body: Body,
    readonly caller: Caller,
  ) {
    super();
  }
}

/** Who acts when nobody asked: the process manager. */
const SYSTEM: Actor = { id: 'process-manager', role: 'system', assurance: 'authenticated' };

/** What the system asks for, as a request: whoever sends it, the same command is the same request. */
export const systemRequest = (desk: Desk, cause: Cause, content: object, effectiveAt?: string): Request => ({
  commandId: cause.commandId,
  requestDigest: desk.parts.secrets.requestDigest(content),
  actor: SYSTEM,
  correlationId: cause.correlationId,
  causationId: cause.causationId,
  ...(cause.recordedAt !== undefined && { notBefore: cause.recordedAt }),
  ...(effectiveAt !== undefined && { effectiveAt }),
});

export const followUpPath = (id: string): string => `/v1/follow-up-calls/${id}`;

/** The way of commands to follow-up calls, and what links a call to its complaint (docs/formats.md, Two streams, one decision). */
@Injectable()
export class FollowUpDesk {
  constructor(readonly desk: Desk) {}

  async write(
    { followUp, body, caller }: ToFollowUp<Dated>,
    decide: (call: FollowUp, asked: Asked) => Decision<FollowUpEvent, FollowUpRefusal>,
  ): Promise<Written> {
    if (!UUID.test(followUp)) return { kind: 'refused', refusal: { code: 'not-found' } };
    const request = this.desk.requestOf(caller, body);
    const outcome = await this.desk.write(followUpStreams, streamOf('follow-up', followUp), request, (call, asked) =>
      call ? decide(call, asked) : { kind: 'refused', refusal: { code: 'not-found' } },
    );
    return written(outcome, () => ({ id: followUp, location: followUpPath(followUp) }));
  }

  /** The call of the newest resolution; undefined when there is none, or its stream is not opened yet. */
  async latest(complaint: Complaint): Promise<CallRead | undefined> {
    const resolution = complaint.resolutions.at(-1);
    return resolution && this.read(followUpIdOf(resolution.fact));
  }

  async read(id: string, known?: (fact: Fact) => boolean): Promise<CallRead | undefined> {
    const read = await this.desk.read(followUpStreams, streamOf('follow-up', id), known);
    return read && { id, revision: read.facts.at(-1)!.revision, state: read.state };
  }

  /**
   * Opens the call that a resolution asks for, when it is not open already; undefined for a migrated complaint, which has
   * no calls. The desk does it before it answers the resolution, the process manager after a crash: whoever does it and
   * when, it is decided under the policy that the resolution was decided under.
   */
  async open(
    complaint: Complaint,
    resolution: Pick<Fact, 'id' | 'correlationId' | 'recordedAt' | 'effectiveAt' | 'policyVersion'>,
  ): Promise<{ readonly id: string; readonly outcome: Outcome<FollowUp> } | undefined> {
    if (complaint.received.origin?.migrated) return undefined;
    const id = followUpIdOf(resolution.id);
    const request = systemRequest(
      this.desk,
      causedBy(resolution, OPEN_FOLLOW_UP),
      { resolution: resolution.id },
      resolution.effectiveAt,
    );
    const outcome = await this.desk.write(
      followUpStreams,
      streamOf('follow-up', id),
      request,
      (call, { policy }) =>
        openFollowUp(
          {
            complaint: complaint.id,
            resolution: resolution.id,
            resolvedAt: resolution.effectiveAt,
            customer: complaint.received.customer.id,
            ...(complaint.handler !== null && { handler: complaint.handler }),
          },
          call,
          policy,
        ),
      { under: () => this.desk.policies.version(resolution.policyVersion) },
    );
    return { id, outcome: notRefused(outcome) };
  }

  /** A reopening supersedes the call of the resolution before it, if that is still open. */
  async supersede(
    complaint: Complaint,
    reopening: Pick<Fact, 'id' | 'correlationId' | 'recordedAt'>,
  ): Promise<Outcome<FollowUp> | undefined> {
    const resolution = complaint.resolutions.at(-1);
    if (!resolution || complaint.received.origin?.migrated) return undefined;
    const request = systemRequest(this.desk, causedBy(reopening, SUPERSEDE_FOLLOW_UP), { reopening: reopening.id });
    const superseded = async (): Promise<Outcome<FollowUp> | undefined> => {
      const outcome = await this.desk.write(
        followUpStreams,
        streamOf('follow-up', followUpIdOf(resolution.fact)),
        request,
        (call, { policy }) => (call ? supersede({ reopening: reopening.id }, call, policy) : { kind: 'nothing' }),
      );
      const unopened = outcome.kind === 'nothing' && outcome.revision === undefined;
      return unopened ? undefined : notRefused(outcome);
    };
    const outcome = await superseded();
    if (outcome) return outcome;
    // A crash left the call unopened. It is opened first, so that what comes of this is the same whoever does it when.
    const then = await this.complaintAt(complaint.id, resolution.fact);
    if (then) await this.open(then.state, then.fact);
    const again = await superseded();
    // What was opened a moment ago is gone: a server that lacks it answers now. Whoever asks later finds one that stands.
    if (!again) throw new StoreUnavailable('the call that is to be superseded cannot be opened');
    return again;
  }

  /** A complaint as it stood when one of its facts had just been recorded, and that fact. */
  async complaintAt(complaint: string, fact: string): Promise<{ state: Complaint; fact: Fact } | undefined> {
    const all = await this.desk.read(complaintStreams, streamOf('complaint', complaint));
    const found = all?.facts.find(({ id }) => id === fact);
    return (
      found && {
        state: fold(
          complaintStreams,
          all!.facts.filter(({ revision }) => revision <= found.revision),
        )!,
        fact: found,
      }
    );
  }
}

/**
 * The system asks for nothing that a rule of calls could refuse. So a refusal is trouble, not an answer: whoever waits for
 * the call must not be told that it is there. Refused because the command id was used, it is there.
 */
const notRefused = (outcome: Outcome<FollowUp>): Outcome<FollowUp> => {
  if (outcome.kind === 'refused' && outcome.refusal.code !== 'idempotency-key-reused')
    throw new StoreUnavailable(`the ledger refused what the system asked of a call: ${outcome.refusal.code}`);
  return outcome;
};

/** Where what was recorded stands; undefined when nothing was. */
export const positionOf = (outcome: Outcome<unknown> | undefined): string | undefined =>
  outcome?.kind === 'recorded' ? outcome.position : undefined;
