import { closed, doing, given, id, received, withdrawn, words } from '../complaint.stories.ts';
import { noteRecorded } from './events.ts';
import { recordNote } from './record-note.ts';

const first = { note: id(1), text: words };
const second = { note: id(2), text: words };

describe('a note for colleagues', () => {
  it('is recorded', () => given(received).when(doing(recordNote, first)).then(noteRecorded(first)));

  it('is a new fact each time, whatever it says', () =>
    given(received, noteRecorded(first)).when(doing(recordNote, second)).then(noteRecorded(second)));

  it('says nothing the second time', () =>
    given(received, noteRecorded(first)).when(doing(recordNote, first)).thenNothing());

  it('goes on after the end', () => {
    given(received, closed).when(doing(recordNote, first)).then(noteRecorded(first));
    given(received, withdrawn).when(doing(recordNote, first)).then(noteRecorded(first));
  });

  it('stands in the complaint, with who wrote it', () =>
    expect([...given(received, noteRecorded(first)).state!.notes]).toMatchObject([
      { id: id(1), text: words, by: 'anna' },
    ]));
});
