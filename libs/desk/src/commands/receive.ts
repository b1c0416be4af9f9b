import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Complaint } from '#complaint/complaint';
import { complaintStreams } from '#complaint/complaint-streams';
import { clocksOf } from '#complaint/clocks/clocks';
import { nextSteps } from '#complaint/next-steps/next-steps';
import { receive, type Receive as Told } from '#complaint/intake/receive';
import { optionalPersonalText, personalText } from '#fact/personal';
import { streamOf } from '#fact/stream-kind';
import type { VersionedPolicy } from '#policy/policy';
import { derivedId } from '#privacy/secrets';
import { following, written, wrongMember, type Subject } from '../answering.ts';
import type { Caller } from '../caller.ts';
import { complaintPath, type ComplaintDecision } from '../complaint-desk.ts';
import { Desk, type Asked } from '../desk.ts';
import { printedReference } from '../reference.ts';
import { RECEIVERS } from '../roles.ts';
import { personalTexts, present } from '../shapes.ts';
import type { Written } from '../written.ts';
import { RECEIPT } from './answers.ts';
import { described, named } from './command-description.ts';
import { issueOf } from './issue-body.ts';
import { ReceiptBody } from './receive-body.ts';

/** An intake (docs/domain.md §2). Answers the complaint's reference, its issues' ids, clocks and next steps. */
class Intake extends Command<Written> {
  static readonly description = described({
    path: 'v1/complaints',
    operation: 'Receiving.receive',
    summary: 'Receive a complaint. The least: the channel and the customer’s words.',
    body: ReceiptBody,
    answer: RECEIPT,
    varies: 'Accept-Language',
    roles: RECEIVERS,
    rule: receive,
    refusals: ['unknown-code'],
    facts: ['ComplaintReceived'],
    parameters: [],
    command: (_, body, caller, languages) => new Intake(body, caller, languages),
  });

  constructor(
    readonly body: ReceiptBody,
    readonly caller: Caller,
    /** Languages for suggested wording, the best first. */
    readonly languages: readonly string[] = [],
  ) {
    super();
  }
}

/** Stands where an id or a reference will stand, while the rule is asked whether there is anything to record at all. */
const LATER = { reference: '0000000', subject: '00000000-0000-0000-0000-000000000000' };

@CommandHandler(Intake)
class IntakeHandler implements ICommandHandler<Intake> {
  constructor(private readonly desk: Desk) {}

  async execute({ body, caller, languages }: Intake): Promise<Written> {
    const request = this.desk.requestOf(caller, body);
    const { commandId } = request;
    const id = derivedId(commandId, 'complaint');
    let under: VersionedPolicy | undefined;
    const outcome = await this.desk.write(
      complaintStreams,
      streamOf('complaint', id),
      request,
      async (complaint, asked) => {
        under = asked.policy;
        // A refused intake leaves no trace: no number is counted and no customer is remembered before the rule has agreed.
        const judged = receive(told(body, commandId, LATER, asked), complaint, asked.policy);
        if (judged.kind !== 'recorded') return judged;
        if (asked.at > asked.now) return inTheFuture;
        if (body.follows !== undefined && !(await this.exists(body.follows))) return unknownPredecessor;
        const [reference, subject] = await Promise.all([
          this.desk.parts.references.assign(id),
          this.subjectOf(body, commandId),
        ]);
        return receive(told(body, commandId, { reference, subject }, asked), complaint, asked.policy);
      },
      // An intake that was taken before has its reference. A refused one has none, and is decided anew either way.
      { begins: async () => !(await this.desk.parts.references.isKnown(id)) },
    );
    // If-Match can only mean a complaint that is not there yet.
    if (outcome.kind === 'mismatch') return { kind: 'mismatch', revision: outcome.revision, missed: outcome.missed };
    const members =
      outcome.kind === 'recorded'
        ? await following(outcome, () => this.membersOf(outcome.state, languages, under))
        : {};
    return written(outcome, (): Subject => ({ id, location: complaintPath(id), members }));
  }

  private async exists(complaint: string): Promise<boolean> {
    for await (const _ of this.desk.parts.store.readStream(streamOf('complaint', complaint), { maxCount: 1 }))
      return true;
    return false;
  }

  /** Whose complaint it is: the person of the reference; without one, or anonymous, a subject of this complaint's own. */
  private subjectOf({ customer, confidentiality }: ReceiptBody, commandId: string): Promise<string> | string {
    return customer?.reference === undefined || confidentiality === 'anonymous'
      ? derivedId(commandId, 'customer')
      : this.desk.parts.subjects.subjectFor(customer.reference);
  }

  /** `under`: the policy that it was just decided under; absent: it was recorded earlier. */
  private async membersOf(
    complaint: Complaint,
    languages: readonly string[],
    under?: VersionedPolicy,
  ): Promise<Record<string, unknown>> {
    const policy = under ?? (await this.desk.policies.newest());
    return {
      reference: printedReference(complaint.received.reference),
      issues: complaint.received.issues.map((issue) => ({ id: issue.id })),
      customer: { id: complaint.received.customer.id },
      clocks: clocksOf(complaint, await this.desk.policies.behind(complaint)),
      nextSteps: nextSteps(complaint, { call: undefined, now: this.desk.now(), languages }, policy).should,
    };
  }
}

export const Receive = named(Object.assign(Intake, { Handler: IntakeHandler }), Intake.description.operation);

const unknownPredecessor: ComplaintDecision = wrongMember(
  '#/follows',
  'not-found',
  'There is no such complaint.',
) as ComplaintDecision;

/** The ledger would refuse it too, but only when the number was counted and the customer remembered. */
const inTheFuture: ComplaintDecision = wrongMember(
  '#/effectiveAt',
  'out-of-range',
  'effectiveAt lies in the future.',
) as ComplaintDecision;

/** The intake as the rules take it. */
const told = (body: ReceiptBody, commandId: string, given: typeof LATER, { at }: Asked): Told => {
  const { customer, representative, purchase, origin } = body;
  return {
    receivedAt: at,
    reference: given.reference,
    channel: body.channel,
    words: personalText(body.words),
    ...personalTexts({ summary: body.summary }),
    ...present({ language: body.language, tone: body.tone }),
    desiredOutcomes: [...(body.desiredOutcomes ?? [])],
    confidentiality: body.confidentiality ?? 'open',
    customer: {
      id: given.subject,
      ...personalTexts({
        reference: customer?.reference,
        name: customer?.name,
        phone: customer?.phone,
        email: customer?.email,
      }),
      ...present({ since: customer?.since, type: customer?.type }),
    },
    ...(representative && {
      representative: {
        id: derivedId(commandId, 'representative'),
        ...personalTexts({
          name: representative.name,
          phone: representative.phone,
          email: representative.email,
          mandate: representative.mandate,
        }),
        ...present({ mandateUntil: representative.mandateUntil }),
      },
    }),
    ...present({ needs: body.needs && [...body.needs] }),
    ...(purchase && {
      purchase: {
        ...personalTexts({ order: purchase.order }),
        ...present({ product: purchase.product, value: purchase.value && { ...purchase.value } }),
      },
    }),
    issues: (body.issues ?? []).map((issue, index) =>
      issueOf(issue, derivedId(commandId, `issue-${index}`), purchase?.product),
    ),
    issueIdIfNone: derivedId(commandId, 'issue-0'),
    ...present({ threatToLeave: body.threatToLeave, thirdParty: body.thirdParty, follows: body.follows }),
    ...(origin && {
      origin: {
        system: origin.system,
        ...present({ id: optionalPersonalText(origin.id) }),
        migrated: origin.migrated ?? false,
      },
    }),
  };
};
