import { randomBytes } from 'node:crypto';
import { inTransaction } from '#postgres/database';
import { grantApplication } from '#postgres/grants';
import { migrate } from '#postgres/migrations';
import { clearDerived, type RoomSchema } from '#postgres/tables';
import { allRooms, allTables } from '#process-manager/rooms';
import { testDatabase, type TestDatabase } from '../support/test-database.ts';

/** What rooms declare of their tables is what is there: grants, backups, restores and clearing go by the declarations. */
describe('the tables of all rooms', () => {
  const [role, before] = ['now', 'before'].map((name) => `${name}_${randomBytes(6).toString('hex')}`) as [
    string,
    string,
  ];
  let database: TestDatabase;
  beforeAll(async () => {
    database = await testDatabase();
    await migrate(database.pool, ...allRooms);
    await database.pool.query(`create role ${role}; create role ${before}`);
    await inTransaction(database.pool, (tx) => grantApplication(tx, allRooms, role));
  });
  afterAll(async () => {
    await database.pool.query(`drop owned by ${role}, ${before}; drop role ${role}, ${before}`);
    await database.drop();
  });

  const textsOf = async (query: string, ...values: unknown[]): Promise<string[]> =>
    (await database.pool.query<{ text: string }>(query, values)).rows.map(({ text }) => text);
  const relations = (kind: 'r' | 'S'): Promise<string[]> =>
    textsOf(
      `select format('%I.%I', n.nspname, c.relname) as text from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind = $1 and n.nspname !~ '^(pg_|information_schema$|migrations$)'
          and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'i')`,
      kind,
    );
  /** `es.head SELECT`, `es.head.position UPDATE`: each right of a role, of whole tables and of columns. */
  const rightsOf = (name: string): Promise<string[]> =>
    textsOf(
      `select format('%I.%I%s %s', n.nspname, c.relname, a.attname, a.right) as text
         from pg_class c join pg_namespace n on n.oid = c.relnamespace,
              lateral (select '' as attname, e.privilege_type as right, e.grantee from aclexplode(c.relacl) e
                       union all
                       select '.' || attname, e.privilege_type, e.grantee
                         from pg_attribute, aclexplode(attacl) e where attrelid = c.oid) a
        where a.grantee = $1::regrole order by 1`,
      name,
    );

  it('are all declared, each once', async () => {
    expect((await relations('r')).sort()).toEqual(allTables.map(({ name }) => name).sort());
    const sequences = allRooms.flatMap((room) => room.sequences ?? []);
    expect((await relations('S')).sort()).toEqual(sequences.map(({ name }) => name).sort());
  });

  it('have the columns that a backup leaves out or counts by, and no other that counts by itself', async () => {
    for (const { name, backup } of allTables) {
      if (!backup) continue;
      const columns = await textsOf('select attname as text from pg_attribute where attrelid = $1::regclass', name);
      expect(columns).toEqual(expect.arrayContaining([...(backup.without ?? [])]));
      const counting = `select attname as text from pg_attribute where attrelid = $1::regclass and attidentity <> ''`;
      expect([name, await textsOf(counting, name)]).toEqual([
        name,
        backup.counter === undefined ? [] : [backup.counter],
      ]);
    }
  });

  it('let the programs’ role do what is declared, which is what it could do before they were', async () => {
    await database.pool.query('select es.grant_application($1)', [before]);
    const rights = await rightsOf(role);
    expect(rights).toEqual(await rightsOf(before));
    expect(rights).toContain('es.events INSERT');
    expect(rights).not.toContain('es.events UPDATE');
    for (const [name, kind] of [
      [role, 'now'],
      [before, 'before'],
    ] as const)
      expect([
        kind,
        await textsOf(
          `select nspname::text as text from pg_namespace where has_schema_privilege($1, oid, 'usage')
             and nspname !~ '^(pg_|information_schema$|public$)' order by 1`,
          name,
        ),
        await textsOf(`select has_function_privilege($1, 'es.append_many(jsonb, int)', 'execute')::text as text`, name),
        await textsOf(`select has_database_privilege($1, current_database(), 'create')::text as text`, name),
      ]).toEqual([kind, ['desk', 'es', 'migrations', 'process_manager'], ['true'], ['true']]);
  });

  it('are in a backup, or hold what is made anew, or facts, or what each ledger writes for itself', () => {
    const left = allTables.filter(({ backup }) => !backup).map(({ name, content }) => `${name}: ${content}`);
    expect(left).toEqual([
      'es.head: kept',
      'es.streams: kept',
      'es.events: kept',
      'es.read_models: derived',
      'es.served_ledger: kept',
    ]);
  });

  it('are emptied where they follow from the facts, and nowhere else', async () => {
    await database.pool.query(
      `insert into es.timers (timer_id, due_at, process, key) values (gen_random_uuid(), now(), 'p', 'k');
       insert into es.checkpoints (subscription, position) values ('publisher@1', 'e.1')`,
    );
    await inTransaction(database.pool, (tx) => clearDerived(tx, allRooms));
    expect(await textsOf('select subscription as text from es.checkpoints')).toEqual(['publisher@1']);
    expect(await textsOf('select key as text from es.timers')).toEqual([]);
  });

  it('would be found missing', async () => {
    const attic: RoomSchema = {
      room: 'attic',
      migrations: [{ name: '001', sql: 'create schema attic; create table attic.boxes (box int)' }],
      tables: [],
    };
    await migrate(database.pool, attic);
    expect(await relations('r')).toContain('attic.boxes');
    await database.pool.query('drop schema attic cascade');
  });
});
