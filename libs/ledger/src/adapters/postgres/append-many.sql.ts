/**
 * Many appends, to different streams, as one statement = one transaction = one round trip.
 * NOTE: the argument is the wire between this function and append-body.ts; a change of either is a new function.
 *
 * `[{ "s": stream, "e": expected revision (-1: none), "v": [{ "i": id, "t": type, "d": data, "m": metadata }],
 *     "k": [{ "i": kid, "u": subject, "w": wrapped in hex }], "u": [kid] }]`
 *
 * `total` is the number of all its facts. One row per member comes back, in its place: what became of it does not depend on its neighbours.
 * Members are judged one by one, by index look-ups only, and stored together: few statements, whatever the batch.
 * Its connection keeps the planner from reading whole tables (append-connection.ts).
 */
export const APPEND_MANY = `
create or replace function es.append_many(p jsonb, total int)
returns table (n int, outcome text, last_revision bigint, last_position bigint, ledger_epoch text)
language plpgsql
as $$
declare
  head_position bigint;
  next_position bigint;
  member jsonb;
  stream_name text;
  expected bigint;
  facts int;
  actual bigint;
  seals boolean;
  used uuid[];
  kid_minted uuid;
  subject_minted uuid;
  -- Per member the position before its first fact; null: nothing of it is stored now.
  bases bigint[] := '{}';
  keys_come boolean := false;
begin
  -- The only lock, always first: no deadlocks. The transaction becomes visible before it lets go of the lock, so whoever
  -- gets it next commits later: the order of positions is the order of commits, and any snapshot that sees position n
  -- sees all below. Each statement below has a snapshot of its own (read committed), taken under the lock.
  update es.head h set position = h.position + total returning h.position - total, h.epoch into strict head_position, ledger_epoch;
  next_position := head_position;

  for i in 0 .. jsonb_array_length(p) - 1 loop
    n := i + 1;
    member := p->i;
    stream_name := member->>'s';
    expected := (member->>'e')::bigint;
    facts := jsonb_array_length(member->'v');
    last_revision := expected + facts;

    seals := true;
    if member ? 'u' then
      used := array(select distinct u::uuid from jsonb_array_elements_text(member->'u') u);
      seals := (select count(*) from es.keys k where k.kid = any (used) and k.erased_at is null) = cardinality(used);
    end if;
    if seals and member ? 'k' then
      -- Somebody minted a key for the same person and stream a moment ago: there is one live key, and it is theirs.
      -- One by one: joined to the list, the planner would read all keys there are whenever it thinks that they are few.
      for j in 0 .. jsonb_array_length(member->'k') - 1 loop
        kid_minted := (member->'k'->j->>'i')::uuid;
        subject_minted := (member->'k'->j->>'u')::uuid;
        seals := seals
          and not exists (select from es.keys k where k.kid = kid_minted)
          and not exists (select from es.keys k where k.subject = subject_minted and k.stream = stream_name and k.erased_at is null);
      end loop;
    end if;

    actual := null;
    if seals and expected = -1 then
      insert into es.streams (stream, revision) values (stream_name, last_revision) on conflict do nothing returning -1 into actual;
    elsif seals then
      update es.streams s set revision = last_revision where s.stream = stream_name and s.revision = expected returning expected into actual;
    end if;

    if actual is not null then
      outcome := 'appended';
      bases[n] := next_position;
      next_position := next_position + facts;
      last_position := next_position;
      keys_come := keys_come or member ? 'k';
    else
      actual := coalesce((select s.revision from es.streams s where s.stream = stream_name), -1);
      last_position := null;
      if actual = expected then
        outcome := 'key-erased';
      -- These very facts right behind the expected revision: they were stored before, and the answer got lost.
      elsif actual >= last_revision and
        array(select e.id from es.events e where e.stream = stream_name and e.revision > expected and e.revision <= last_revision order by e.revision)
        = array(select (v.value->>'i')::uuid from jsonb_array_elements(member->'v') with ordinality v order by v.ordinality)
      then
        outcome := 'deduplicated';
        last_position := (select e.position from es.events e where e.stream = stream_name and e.revision = last_revision);
      else
        outcome := 'conflict';
        last_revision := actual;
      end if;
    end if;
    return next;
  end loop;

  if next_position <> head_position + total then
    update es.head set position = next_position;
  end if;
  if next_position = head_position then
    return;
  end if;
  if keys_come then
    insert into es.keys (kid, subject, stream, wrapped)
    select (w->>'i')::uuid, (w->>'u')::uuid, m.value->>'s', decode(w->>'w', 'hex')
    from jsonb_array_elements(p) with ordinality m, jsonb_array_elements(m.value->'k') w
    where bases[m.ordinality] is not null;
  end if;
  if total = 1 then
    -- Who writes alone waits for this: without the lists below it takes a tenth less.
    member := member->'v'->0;
    insert into es.events (position, stream, revision, id, type, data, metadata)
    values (last_position, stream_name, last_revision, (member->>'i')::uuid, member->>'t', member->'d', member->'m');
    return;
  end if;
  insert into es.events (position, stream, revision, id, type, data, metadata)
  select bases[m.ordinality] + v.ordinality, m.value->>'s', (m.value->>'e')::bigint + v.ordinality,
         (v.value->>'i')::uuid, v.value->>'t', v.value->'d', v.value->'m'
  from jsonb_array_elements(p) with ordinality m, jsonb_array_elements(m.value->'v') with ordinality v
  where bases[m.ordinality] is not null;
end $$;
`;
