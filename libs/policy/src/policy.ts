import { Type, type Static } from '@sinclair/typebox';
import { Calendar } from '#calendar/calendar';
import { Code, Duration, oneOf } from '#fact/vocabulary';
import { APOLOGY_FORMS, SEVERITIES } from './vocabulary.ts';

/**
 * The one policy document of a deployment (docs/domain.md §8). Every number of the domain lives here, never in code; every
 * fact stores the version it was decided under. NOTE: adopted policies are stored whole, for ever: members are only added.
 */

const closed = { additionalProperties: false };

/** A published time limit, in working days of a calendar. */
const Norm = Type.Object({ workingDays: Type.Integer({ minimum: 0, maximum: 1000 }), calendar: Code }, closed);

const ApologyRule = Type.Object(
  {
    forms: Type.Array(oneOf(APOLOGY_FORMS), {
      minItems: 1,
      description: 'One apology in one of these forms is demanded.',
    }),
    fromManager: Type.Boolean({ description: 'A manager or director must have apologised.' }),
    responsibility: Type.Boolean({ description: 'Responsibility must have been accepted in the name of the company.' }),
  },
  closed,
);

export const Policy = Type.Object(
  {
    currency: Type.String({ pattern: '^[A-Z]{3}$', description: 'The organisation’s currency (ISO 4217).' }),
    channels: Type.Record(Code, Type.Object({ answeredInPublic: Type.Boolean() }, closed), closed),
    desiredOutcomes: Type.Array(Code, { uniqueItems: true }),
    promiseKinds: Type.Array(Code, { uniqueItems: true }),
    categories: Type.Union([Type.Null(), Type.Array(Code, { uniqueItems: true })], { description: 'null: open.' }),
    defaultSeverity: oneOf(SEVERITIES),
    calendars: Type.Record(Code, Calendar, closed),
    norms: Type.Object({ 'first-response': Norm, resolution: Norm }, closed),
    apologies: Type.Object({ minor: ApologyRule, costly: ApologyRule, grave: ApologyRule }, closed),
    conduct: Type.Object(
      {
        overridable: Type.Array(Code, {
          uniqueItems: true,
          description: 'Rules that a person may set aside with a reason.',
        }),
      },
      closed,
    ),
    reopeningWindow: Duration,
    catalogue: Type.Array(
      Type.Object(
        {
          item: Code,
          situations: Type.Array(Code),
          onlyIfCustomerReturns: Type.Boolean({ description: 'Worth something only if the customer returns.' }),
        },
        closed,
      ),
      { minItems: 1, maxItems: 50 },
    ),
    followUp: Type.Object(
      {
        after: Type.String({ ...Duration, description: 'From the resolution to the call.' }),
        attempts: Type.Integer({ minimum: 1, maximum: 20 }),
        attemptGap: Duration,
      },
      closed,
    ),
    recurrence: Type.Object({ window: Duration, threshold: Type.Integer({ minimum: 2, maximum: 100000 }) }, closed),
    estimates: Type.Object(
      {
        silentFactor: Type.Integer({
          minimum: 1,
          description: 'One complaint stands for this many dissatisfied customers.',
        }),
        types: Type.Object(
          { quiet: Type.Number(), claimant: Type.Number(), angry: Type.Number(), activist: Type.Number() },
          closed,
        ),
      },
      closed,
    ),
  },
  { ...closed, $id: 'urn:redress:policy:1', title: 'Redress policy' },
);
export type Policy = Static<typeof Policy>;

/** A policy with the version that decisions store: the revision of its fact in the stream `policy`. */
export interface VersionedPolicy extends Policy {
  readonly version: number;
}
