import type { EventOf } from '#fact/define-event';
import type { FactOf } from '#fact/fact';
import * as conversation from './events/conversation.ts';
import * as ending from './events/ending.ts';
import * as intake from './events/intake.ts';
import * as puttingRight from './events/putting-right.ts';

/** Every fact that a complaint's stream can hold, in the order of the mission. */
const definitions = { ...intake, ...conversation, ...puttingRight, ...ending };

export type ComplaintEvent = EventOf<(typeof definitions)[keyof typeof definitions]>;
export type ComplaintFact = FactOf<ComplaintEvent>;

export const complaintEvents = Object.values(definitions);
