import { randomUUID } from 'node:crypto';
import { ledgerMigrations } from '../../../libs/ledger/src/postgres/migrations.ts';
import { migrate } from '../../../libs/postgres/src/migrations.ts';
import { processManagerMigrations } from '../../../apps/process-manager/src/migrations.ts';
import { evidenceThrough } from '../../../apps/process-manager/src/evidence.ts';
import { testDatabase } from '../../support/test-database.ts';
it('explains', async () => {
  const db = await testDatabase();
  await migrate(db.pool, ledgerMigrations, processManagerMigrations);
  const day = (n: number) => new Date(Date.parse('2026-01-01T09:00:00.000Z') + n * 3_600_000).toISOString();
  for (const n of [400, 2000, 20000]) {
    await db.pool.query('truncate process_manager.recurrence_counts');
    await db.pool.query(`insert into process_manager.recurrence_counts (group_key, number, complaint, counts, received_at, fact)
      select 'late////', (r->>0)::int, (r->>1)::uuid, true, r->>2, (r->>1)::uuid from jsonb_array_elements($1::jsonb) r`,
      [JSON.stringify(Array.from({ length: n }, (_, i) => [i + 1, randomUUID(), day(i)]))]);
    const t = performance.now();
    let e;
    for (let i = 0; i < 10; i++) e = await evidenceThrough(db.pool, 'late////', n - i, 'P90D');
    console.log(n, e!.count, (performance.now() - t) / 10);
    for (const q of [`explain analyze with inside as (
       select c.complaint, c.received_at, c.number from process_manager.recurrence_counts c
        where c.group_key = 'late////' and c.received_at > '2026' and c.received_at <= '2099' and c.number <= ${n} and c.counts and not exists (
  select 1 from process_manager.recurrence_counts ended
   where ended.group_key = c.group_key and ended.complaint = c.complaint
     and ended.number > c.number and ended.number <= ${n} and not ended.counts)),
     newest as (select * from inside order by received_at desc, number desc limit 1000)
     select (select count(*)::int from inside) as count,
            (select coalesce(array_agg(complaint::text order by received_at, number), '{}') from newest) as complaints`])
      console.log((await db.pool.query(q)).rows.map((r: any) => r['QUERY PLAN']).join('\n'));
  }
  await db.drop();
}, 60000);
