/**
 * What a ledger knows about itself besides its facts: its epoch, and whose it is. It is neither published nor copied: a
 * copy is a ledger of its own (docs/formats.md, Published).
 */
export interface LedgerIdentity {
  /** The prefix of every position: minted with the ledger, renewed when it is copied or restored. */
  epoch(): Promise<string>;
  /** Fixes the organisation at the very first start. Throws OtherOrganisation at every later start under another slug. */
  keepOrganisation(slug: string): Promise<void>;
  /** Mints another epoch and answers it: every position that was given until now becomes foreign. */
  renewEpoch(): Promise<string>;
}

/** The ledger belongs to another organisation: its slug stands in everything that was published. */
export class OtherOrganisation extends Error {
  override readonly name = 'OtherOrganisation';

  constructor(asked: string, kept: string) {
    super(
      `ORGANISATION is ${asked}, and this ledger belongs to ${kept}: the slug stands in everything published and cannot change.`,
    );
  }
}

/** NOTE: part of every published position: lower-case letters and digits, at most 40. */
export const mintEpoch = (random: string): string => random.replaceAll('-', '').slice(0, 12);
