import type { RoomSchema } from '#postgres/tables';

/** NOTE: a storage format. What the desk keeps beside the ledger: complaints' references. */
export const deskMigrations: RoomSchema = {
  room: 'desk',
  tables: [
    // Written before the fact that a reference is in.
    {
      name: 'desk.complaint_references',
      content: 'kept',
      rights: ['select', 'insert'],
      backup: { taken: 'after-facts' },
    },
  ],
  // The manifest of a backup names the number that is next.
  sequences: [{ name: 'desk.reference_numbers', rights: ['usage', 'select', 'update'] }],
  migrations: [
    {
      name: '001-references',
      sql: `
        create schema if not exists desk;
        create sequence desk.reference_numbers as bigint minvalue 0 start 0 maxvalue ${2 ** 30 + 2 ** 40 - 1};
        create table desk.complaint_references (number bigint primary key, complaint uuid not null unique);
        -- What the role that the programs run under may do. Called once by the owner, with that role's name.
        create function desk.grant_application(role_name text) returns void language plpgsql as $$
        begin
          execute format('grant usage on schema desk to %I', role_name);
          execute format('grant select, insert on desk.complaint_references to %I', role_name);
          execute format('grant usage, select, update on desk.reference_numbers to %I', role_name);
        end $$;
      `,
    },
  ],
};
