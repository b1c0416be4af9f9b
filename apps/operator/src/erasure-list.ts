import { access } from 'node:fs/promises';
import type { Pool, PoolClient } from 'pg';
import { reapplyErasures, unlistedErasures } from '#privacy/erase';
import { FileErasureLog } from '#privacy/erasure-log';
import { forgetInReadModels } from '#read-models/forget';
import { OperatorError } from './command.ts';
import { erasureLogOf, type Place } from './ledger-location.ts';

/** How an operator says that there is no current list, and answers for it. */
export const WITHOUT_LIST = 'without-erasures';

export const ANSWERED_FOR =
  'No current list of erasures was asked for: who was erased since, and is not in the list, can be read again.';

const INSTEAD =
  `Put the current list in its place (ERASURE_LOG). If nobody was ever erased, or the list is lost for good, ` +
  `say --${WITHOUT_LIST}.`;

/**
 * Without the current list of erasures a restore brings people back who were erased since, and nobody would notice: so it
 * must be there, and list what `db` knows already. Throws OperatorError.
 */
export const demandErasureList = async ({ settings }: Place, db: Pool | PoolClient): Promise<void> => {
  const file = erasureLogOf(settings);
  const there = await access(file).then(
    () => true,
    () => false,
  );
  if (!there)
    throw new OperatorError(
      `The list of erasures, ${file}, is not there: who was erased since would come back. ${INSTEAD}`,
    );
  const unlisted = await unlistedErasures({ pool: db as Pool, log: new FileErasureLog(file) });
  if (unlisted > 0)
    throw new OperatorError(
      `The list of erasures, ${file}, lacks ${unlisted} of those that the database knows: it is not the current one, and who was erased since would come back. ${INSTEAD}`,
    );
};

/** A sentence when the list is not the current one, while the database still is. */
export const lacking = async ({ pool, settings }: Place): Promise<string | undefined> => {
  const unlisted = await unlistedErasures({ pool, log: new FileErasureLog(erasureLogOf(settings)) });
  return unlisted === 0
    ? undefined
    : `That list lacks ${unlisted} erasures that the database knows: find the current one, or a restore brings these people back.`;
};

/** What was erased since stays erased: applied before any door opens, here as at each start. */
export const applyErasures = ({ pool, settings }: Place): Promise<number> =>
  reapplyErasures({ pool, log: new FileErasureLog(erasureLogOf(settings)), forget: [forgetInReadModels] });
