import type { PoolClient } from 'pg';
import { idOf } from '#fact/stream-kind';
import type { ComplaintFact } from '#complaint/events';
import type { Timer } from '#timers/timer';
import { groupKey } from '#recurrence/group';
import { countedBy, knownAfter, type KnownComplaint } from './recurrence-state.ts';
import { reactionsTo } from './reactions/all.ts';
import { evaluationOf } from './reactions/evaluate-recurrence.ts';

/**
 * Takes a batch of complaint facts into account within the follower's transaction, and answers the timers that they
 * set. A fact that was counted before, by its revision, is not counted again: a replay from the beginning changes
 * nothing, and sets only timers that are set already.
 */
export const takeIn = async (facts: readonly ComplaintFact[], tx: PoolClient): Promise<readonly Timer[]> => {
  const known = await knownComplaints(tx, [...new Set(facts.map(idOf))]);
  const changed = new Map<string, KnownComplaint>();
  const timers: Timer[] = [];
  const counts: {
    fact: ComplaintFact;
    complaint: KnownComplaint;
    key: string;
    counted: ReturnType<typeof countedBy>[number];
  }[] = [];
  for (const fact of facts) {
    const before = known.get(idOf(fact));
    const isNew = before === undefined || fact.revision > before.revision;
    const after = isNew ? knownAfter(before, fact) : before;
    timers.push(...reactionsTo(fact, after));
    if (!isNew) continue;
    for (const counted of countedBy(before, after))
      counts.push({ fact, complaint: after, key: groupKey(counted.group), counted });
    known.set(after.id, after);
    changed.set(after.id, after);
  }
  const numbers = await lastNumbers(tx, [...new Set(counts.map(({ key }) => key))]);
  const rows = counts.map(({ fact, complaint, key, counted }) => {
    const number = (numbers.get(key) ?? 0) + 1;
    numbers.set(key, number);
    timers.push(evaluationOf(fact, counted, number));
    return {
      key,
      number,
      complaint: complaint.id,
      counts: counted.counts,
      receivedAt: complaint.receivedAt,
      fact: fact.id,
    };
  });
  await keepCounts(tx, rows);
  await keepComplaints(tx, [...changed.values()]);
  return timers;
};

const knownComplaints = async (tx: PoolClient, ids: readonly string[]): Promise<Map<string, KnownComplaint>> => {
  const { rows } = await tx.query<KnownComplaint>(
    `select complaint as id, revision, received_at as "receivedAt", migrated, issues
       from process_manager.complaints where complaint = any($1::uuid[])`,
    [ids],
  );
  return new Map(rows.map((row) => [row.id, row]));
};

const keepComplaints = async (tx: PoolClient, complaints: readonly KnownComplaint[]): Promise<void> => {
  if (complaints.length === 0) return;
  await tx.query(
    `insert into process_manager.complaints (complaint, revision, received_at, migrated, issues)
     select id, revision, "receivedAt", migrated, issues
       from jsonb_to_recordset($1::jsonb) as c (id uuid, revision int, "receivedAt" text, migrated boolean, issues jsonb)
     on conflict (complaint) do update set revision = excluded.revision, issues = excluded.issues`,
    [JSON.stringify(complaints)],
  );
};

/** The highest number given in each group so far. */
const lastNumbers = async (tx: PoolClient, keys: readonly string[]): Promise<Map<string, number>> => {
  if (keys.length === 0) return new Map();
  const { rows } = await tx.query<{ key: string; number: number }>(
    `select key, last.number from unnest($1::text[]) as key,
       lateral (select number from process_manager.recurrence_counts where group_key = key order by number desc limit 1) as last`,
    [keys],
  );
  return new Map(rows.map(({ key, number }) => [key, number]));
};

interface CountRow {
  readonly key: string;
  readonly number: number;
  readonly complaint: string;
  readonly counts: boolean;
  readonly receivedAt: string;
  readonly fact: string;
}

const keepCounts = async (tx: PoolClient, rows: readonly CountRow[]): Promise<void> => {
  if (rows.length === 0) return;
  await tx.query(
    `insert into process_manager.recurrence_counts (group_key, number, complaint, counts, received_at, fact)
     select key, number, complaint, counts, "receivedAt", fact
       from jsonb_to_recordset($1::jsonb)
         as c (key text, number int, complaint uuid, counts boolean, "receivedAt" text, fact uuid)`,
    [JSON.stringify(rows)],
  );
  const ended = rows.filter(({ counts }) => !counts);
  if (ended.length === 0) return;
  await tx.query(
    `update process_manager.recurrence_counts c
        set ended = (select min(e.number) from process_manager.recurrence_counts e
                      where e.group_key = c.group_key and e.complaint = c.complaint
                        and e.number > c.number and not e.counts)
       from unnest($1::text[], $2::uuid[]) as e (key, complaint)
      where c.group_key = e.key and c.complaint = e.complaint and c.counts and c.ended is null`,
    [ended.map(({ key }) => key), ended.map(({ complaint }) => complaint)],
  );
};
