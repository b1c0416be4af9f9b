import type { RoomSchema } from '#postgres/tables';

/** NOTE: a storage format. One row: the epoch of the ledger whose keys, references, checkpoints and lists lie here. */
const SERVED_LEDGER = `
create table es.served_ledger (
  one boolean primary key default true check (one),
  epoch text not null
);
`;

/**
 * What a deployment was prepared with before rooms declared what the programs' role may do (libs/postgres, grants.ts).
 * `operate prepare` does not call it any more.
 */
const GRANTS = `
create or replace function es.grant_application(role_name text) returns void language plpgsql as $$
declare
  found record;
begin
  execute format('grant usage on schema es, migrations to %I', role_name);
  -- What has run, so that a start can see that nothing is to be done. The owner runs migrations.
  execute format('grant select on all tables in schema migrations to %I', role_name);

  -- Facts, and what stands for ever beside them: nothing is changed but what erasing and re-wrapping change.
  execute format('grant select, insert on es.events, es.streams, es.keys, es.secrets, es.subjects, es.erasures to %I', role_name);
  execute format('grant select on es.head to %I', role_name);
  execute format('grant update (position, organisation) on es.head to %I', role_name);
  execute format('grant update (revision) on es.streams to %I', role_name);
  execute format('grant update (wrapped, erased_at) on es.keys to %I', role_name);
  execute format('grant update (wrapped) on es.secrets to %I', role_name);
  execute format('grant update (reference_hmac, erased_at), delete on es.subjects to %I', role_name);
  execute format('grant execute on function es.append_many(jsonb, int) to %I', role_name);
  execute format('grant select, insert on es.served_ledger to %I', role_name);
  perform desk.grant_application(role_name);

  -- What follows from the facts.
  execute format('grant select, insert, update, delete on es.checkpoints, es.parked, es.timers, es.read_models to %I', role_name);
  if to_regnamespace('process_manager') is not null then
    execute format('grant usage on schema process_manager to %I', role_name);
    execute format('grant select, insert, update, delete on all tables in schema process_manager to %I', role_name);
  end if;
  -- The projector makes each generation of a read model in a schema of its own, and drops it.
  execute format('grant create on database %I to %I', current_database(), role_name);
  for found in
    select n.nspname from es.read_models m join pg_namespace n on n.nspname = m.schema
  loop
    execute format('alter schema %I owner to %I', found.nspname, role_name);
  end loop;
  for found in
    select n.nspname, c.relname from es.read_models m
      join pg_namespace n on n.nspname = m.schema join pg_class c on c.relnamespace = n.oid and c.relkind = 'r'
  loop
    execute format('alter table %I.%I owner to %I', found.nspname, found.relname, role_name);
  end loop;
end $$;
revoke all on function es.grant_application(text) from public;
`;

export const programMigrations: RoomSchema = {
  room: 'program',
  // Each ledger's own: a restore writes it anew.
  tables: [{ name: 'es.served_ledger', content: 'kept', rights: ['select', 'insert'], backup: false }],
  migrations: [
    { name: '001-served-ledger', sql: SERVED_LEDGER },
    { name: '002-grants', sql: GRANTS },
  ],
};
