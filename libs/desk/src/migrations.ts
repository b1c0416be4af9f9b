import type { MigrationList } from '#postgres/migrations';

/** NOTE: a storage format. What the desk keeps beside the ledger: complaints' references. */
export const deskMigrations: MigrationList = {
  room: 'desk',
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
