import { inTransaction } from '#postgres/database';
import { grantApplication } from '#postgres/grants';
import { migrate } from '#postgres/migrations';
import { openingAll } from '#program/opened';
import { NotUnderstood, type Command, type ExitCode } from '../command.ts';
import { optionsOf } from '../options.ts';
import { allRooms } from '#process-manager/rooms';
import { openNewPool } from '../ledger-location.ts';

export const prepare: Command = {
  name: 'prepare',
  means: 'Makes or brings up to date the schemas, and lets a role do what the programs do and no more.',
  usage: `operate prepare [--role <name>]

For deployments whose programs do not run as the owner of the tables: run it with the owner's DATABASE_URL at first and
before each new version, and give the programs the role's. The role must be there, and the owner a member of it (a
superuser is). It may add facts and never change or remove one, nor the rows of keys; it may make and drop the tables of
read models, which it owns. Commands that move or restore a ledger need the owner.`,
  run: (args, settings, out) =>
    openingAll(async (opened): Promise<ExitCode> => {
      const { role } = optionsOf(args, ['role']);
      try {
        const { pool } = await openNewPool(settings, opened);
        if (role !== undefined && (await pool.query('select from pg_roles where rolname = $1', [role])).rowCount === 0)
          throw new NotUnderstood('There is no such role in this database: make it first.');
        await migrate(pool, ...allRooms);
        if (role !== undefined) await inTransaction(pool, (tx) => grantApplication(tx, allRooms, role));
        out.say(`The schemas are up to date${role === undefined ? '' : `, and the role ${role} may use them`}.`);
        return 0;
      } finally {
        await opened.close();
      }
    }),
};
