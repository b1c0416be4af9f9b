import { testDatabase, type TestDatabase } from '#test/support/test-database';
import { migrate, type MigrationList } from './migrations.ts';

const rooms: MigrationList = {
  room: 'attic',
  migrations: [
    { name: '001-box', sql: 'create table box (id int primary key); insert into box values (1);' },
    { name: '002-more', sql: 'insert into box values (2)' },
  ],
};

describe('migrating', () => {
  let database: TestDatabase;
  beforeEach(async () => void (database = await testDatabase()));
  afterEach(() => database.drop());
  const boxes = async (): Promise<number[]> =>
    (await database.pool.query<{ id: number }>('select id from box order by id')).rows.map((row) => row.id);

  it('runs each step once, also when several programs start at the same time', async () => {
    await Promise.all([migrate(database.url, rooms), migrate(database.url, rooms), migrate(database.pool, rooms)]);
    await migrate(database.pool, rooms);
    expect(await boxes()).toEqual([1, 2]);
  });

  it('lets rooms advance independently', async () => {
    await migrate(database.pool, rooms);
    await migrate(database.pool, {
      room: 'cellar',
      migrations: [{ name: '001-a', sql: 'insert into box values (10)' }],
    });
    await migrate(database.pool, {
      ...rooms,
      migrations: [...rooms.migrations, { name: '003-next', sql: 'insert into box values (3)' }],
    });
    expect(await boxes()).toEqual([1, 2, 3, 10]);
  });

  it('leaves nothing of a list that fails, and says which step it was', async () => {
    const broken = {
      ...rooms,
      migrations: [
        ...rooms.migrations,
        { name: '003-broken', sql: 'insert into box values (3); insert into nowhere values (1)' },
      ],
    };
    await expect(migrate(database.pool, broken)).rejects.toThrow(
      'the schema of attic cannot be brought up to date, at 003-broken',
    );
    await expect(boxes()).rejects.toThrow('does not exist');
    await migrate(database.pool, rooms);
    expect(await boxes()).toEqual([1, 2]);
  });
});
