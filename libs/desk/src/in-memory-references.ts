import { numberOfReference, referenceOf } from './reference.ts';
import type { References } from './references.ts';

/** The references of unit tests: the same promises, no durability. */
export class InMemoryReferences implements References {
  private readonly complaints: string[] = [];

  async assign(complaint: string): Promise<string> {
    const known = this.complaints.indexOf(complaint);
    return referenceOf(known >= 0 ? known : this.complaints.push(complaint) - 1);
  }

  async isKnown(complaint: string): Promise<boolean> {
    return this.complaints.includes(complaint);
  }

  async find(reference: string): Promise<string | undefined> {
    const number = numberOfReference(reference);
    return number === undefined ? undefined : this.complaints[number];
  }
}
