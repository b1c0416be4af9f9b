import { nothing, recorded } from '#fact/decision';
import type { Personal } from '#fact/personal';
import { step } from '#fact/step';
import type { Policy } from '#policy/policy';
import type { Complaint } from '../complaint.ts';
import { partOf } from '../sub-resources.ts';
import { noteRecorded } from './events.ts';

export interface RecordNote {
  readonly note: string;
  readonly text: Personal;
}

/** docs/formats.md, Closing, exactly: colleagues tell each other something. Each note is a new fact, also after the end. */
export const recordNote = step({
  step: 'notes',
  can: (_complaint: Complaint) => undefined,
  decide: (command: RecordNote, complaint, _policy: Policy) =>
    partOf(complaint, 'note', command.note) ? nothing : recorded(noteRecorded(command)),
});
