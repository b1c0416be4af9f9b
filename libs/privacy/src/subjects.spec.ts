import type { Pool } from 'pg';
import { Secrets } from './secrets.ts';
import { Subjects } from './subjects.ts';

/** A table in which somebody else always was faster, until `after` statements have looked in vain. */
const contested = (after: number) => {
  let looks = 0;
  const query = async (asked: unknown) => {
    if (typeof asked === 'string') return { rows: [] }; // minted by somebody else meanwhile
    return { rows: ++looks > after ? [{ place: '1', subject: 'theirs' }] : [] }; // and erased since
  };
  return { subjects: new Subjects({ query } as unknown as Pool, new Secrets(Buffer.alloc(32, 2))), looks: () => looks };
};

describe('the subject of a reference that others mint and erase all the time', () => {
  it('is looked up again', async () => expect(await contested(5).subjects.subjectFor('C-1')).toBe('theirs'));

  it('is given up at last', async () => {
    const { subjects, looks } = contested(Infinity);
    await expect(subjects.subjectFor('C-1')).rejects.toThrow('its reference cannot be kept');
    expect(looks()).toBe(20);
  });
});
