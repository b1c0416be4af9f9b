import { Type, type Static } from '@sinclair/typebox';

const closed = { additionalProperties: false };

/**
 * Working time of one place: the zone, the hours of each weekday (1 = Monday), the days off.
 * NOTE: stored whole with each adopted policy, for ever: members are only added.
 */
export const Calendar = Type.Object(
  {
    timeZone: Type.String({ description: 'IANA name, e.g. Europe/Berlin', minLength: 1, maxLength: 64 }),
    week: Type.Record(
      Type.String({ pattern: '^[1-7]$' }),
      Type.Array(
        Type.Object(
          {
            from: Type.String({ pattern: '^([01]\\d|2[0-3]):[0-5]\\d$' }),
            to: Type.String({ pattern: '^(([01]\\d|2[0-3]):[0-5]\\d|24:00)$' }),
          },
          closed,
        ),
        { maxItems: 8 },
      ),
      closed,
    ),
    holidays: Type.Array(Type.String({ format: 'date' }), { maxItems: 1000 }),
  },
  closed,
);
export type Calendar = Static<typeof Calendar>;
