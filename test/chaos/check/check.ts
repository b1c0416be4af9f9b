import { checkCommands } from './commands.ts';
import { checkEffects } from './effects.ts';
import type { Evidence, Violation } from './evidence.ts';
import { checkLedger } from './ledger.ts';
import { checkPublished } from './published.ts';
import { checkRecurrence } from './recurrence.ts';

/** Everything that must be so once all has come to rest. It shares no code with what it checks. */
export const check = (evidence: Evidence): Violation[] => [
  ...checkLedger(evidence),
  ...checkCommands(evidence),
  ...checkEffects(evidence),
  ...checkRecurrence(evidence),
  ...checkPublished(evidence),
];
