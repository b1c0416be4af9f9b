import { recorded, refused } from '#fact/decision';
import { personalText, type Personal } from '#fact/personal';
import { step } from '#fact/step';
import type { Complaint } from '../complaint.ts';
import { complaintEvents } from '../events.ts';
import { unknownPart } from '../unknown-part.ts';
import { factRectified } from './events.ts';
import { wrongMembers } from './rectifiable.ts';

export interface Rectify {
  /** The fact that was found wrong. */
  readonly fact: string;
  /** The members of its data that are right, as the door took them: personal texts are plain strings in it. */
  readonly data: Readonly<Record<string, unknown>>;
  readonly reason: Personal;
}

/** docs/domain.md §9, docs/formats.md, Closing, exactly: rectifying adds and never edits, also after the end. Each time a new fact. */
export const rectify = step({
  step: 'rectifications',
  can: (_complaint: Complaint) => undefined,
  decide: (command: Rectify, complaint) => {
    const wrong = complaint.facts.find(({ id }) => id === command.fact);
    if (!wrong) return unknownPart('fact', '#/fact');
    const definition = complaintEvents.find(({ type }) => type === wrong.type)!;
    const errors = wrongMembers(definition.data, command.data);
    if (errors.length > 0)
      return refused('invalid-body', 'The data is not what a fact of this kind holds.', { errors });
    // What belongs to another person is sealed with that person's key, and goes when that person is erased.
    const { representative, ...own } = command.data;
    if (representative !== undefined && !complaint.received.representative) return namesNobody;
    const data = representative === undefined || Object.keys(own).length > 0;
    return recorded(
      factRectified({
        fact: wrong.id,
        type: wrong.type,
        ...(data && { data: personalText(JSON.stringify(own)) }),
        ...(representative !== undefined && { representative: personalText(JSON.stringify(representative)) }),
        reason: command.reason,
      }),
    );
  },
});

const namesNobody = refused('invalid-body', 'The complaint names no representative.', {
  errors: [
    { pointer: '#/data/representative', code: 'unknown-member', detail: 'The complaint names no representative.' },
  ],
});
