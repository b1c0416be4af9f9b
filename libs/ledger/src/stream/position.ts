import { ForeignPosition, type Position } from './port.ts';

const FORM = /^([0-9a-z]{1,40})\.(\d{20})$/;
/** PostgreSQL's bigint. No ledger counts further, and 20 digits can say more. */
const LAST = 9223372036854775807n;

/** NOTE: published for ever. 20 digits hold any 64-bit number, so that string order is the ledger's order. */
export const printPosition = (epoch: string, number: bigint): Position => printDigits(epoch, number.toString());

/** The same for a number that comes as its digits, as PostgreSQL says it: many facts are read. */
export const printDigits = (epoch: string, digits: string): Position =>
  `${epoch}.${digits.padStart(20, '0')}` as Position;

/** The number inside a position of the given epoch. Throws ForeignPosition. */
export const numberOf = (position: string, epoch: string): bigint => {
  const match = FORM.exec(position);
  if (!match) throw new ForeignPosition('malformed', 'a position looks like <epoch>.<20 digits>');
  if (match[1] !== epoch) throw new ForeignPosition('other-epoch', 'the position belongs to another ledger');
  const number = BigInt(match[2]!);
  if (number > LAST) throw new ForeignPosition('malformed', 'a position beyond what a ledger can count');
  return number;
};
