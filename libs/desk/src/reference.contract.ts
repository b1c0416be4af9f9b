import { randomUUID } from 'node:crypto';
import { referenceOf } from './reference.ts';
import type { References } from './references.ts';

/** What every keeper of references promises. */
export const referencesContract = (name: string, make: () => Promise<References> | References): void => {
  describe(`references ${name}`, () => {
    let references: References;
    beforeAll(async () => {
      references = await make();
    });

    it('are the same for the same complaint, and another for another', async () => {
      const [one, other] = [randomUUID(), randomUUID()];
      const reference = await references.assign(one);
      expect(await references.assign(one)).toBe(reference);
      expect(await references.assign(other)).not.toBe(reference);
    });

    it('find their complaint at once', async () => {
      const complaint = randomUUID();
      expect(await references.find(await references.assign(complaint))).toBe(complaint);
    });

    it('are the same for all who ask at once', async () => {
      const complaint = randomUUID();
      const all = await Promise.all(Array.from({ length: 8 }, () => references.assign(complaint)));
      expect(new Set(all).size).toBe(1);
    });

    it('find nothing that was never given', async () => {
      expect(await references.find(referenceOf(987_654_321))).toBeUndefined();
      expect(await references.find('not a reference')).toBeUndefined();
    });
  });
};
