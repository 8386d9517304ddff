-- The ledger puts the change log in order. A sequence number is taken before commit, so a lower one can become visible later, and
-- whoever tails by it loses changes. Instead a short transaction appends a snapshot: batch n is what snapshot n sees and
-- snapshot n-1 does not, ordered by seq. The batch never changes, and every node, replica and later reader computes the same.
--
-- timeline  the WAL timeline: after a failover that lost commits a cursor from the old line is detected
-- generation  belongs to this database of this cluster: after dump and restore, or in a copy, old transaction ids mean nothing
-- floor_seq  rows up to here belong to an earlier generation and are in no batch of this one
-- Locks: none, the table is new.

-- +goose Up
create table change_ledger (
  n          bigint      primary key,
  snap       pg_snapshot not null,
  cnt        integer     not null,
  timeline   text        not null,
  generation uuid        not null,
  floor_seq  bigint      not null default 0,
  at         timestamptz not null default clock_timestamp()
);

-- change_ledger_advance appends the next entry when there is something new, and returns its n; null when there is not, or when
-- somebody else is at it. It needs a READ COMMITTED transaction of its own that has written nothing: the statement after the lock
-- then has a snapshot younger than the lock, and snapshots only grow. The caller sets synchronous_commit on with SET LOCAL: the
-- ledger's flush makes everything it shows durable, and a SET on the function would be undone before the commit.
-- Only the form "xid >= xmax(previous) or xid = any(in progress then)" reads little; a range from xmin reads everything since the
-- oldest running writer.
-- +goose StatementBegin
create function change_ledger_advance() returns bigint
language plpgsql set search_path from current as $$
declare
  head change_ledger;
  line text;
  home_of_xids uuid;
  appended bigint;
begin
  if current_setting('transaction_isolation') <> 'read committed' or pg_current_xact_id_if_assigned() is not null then
    raise invalid_transaction_state using message = 'change_ledger_advance needs a READ COMMITTED transaction of its own';
  end if;
  if not pg_try_advisory_xact_lock(hashtext('aos'), hashtext('change_ledger_advance')) then
    return null;
  end if;
  select * into head from change_ledger order by n desc limit 1;
  line := substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8);
  home_of_xids := md5((select system_identifier from pg_control_system())::text
    || (select oid from pg_database where datname = current_database())::text)::uuid;
  if head.n is null or head.generation <> home_of_xids then
    insert into change_ledger (n, snap, cnt, timeline, generation, floor_seq)
    select coalesce(head.n, 0) + 1, pg_current_snapshot(), case when head.n is null then count(*) else 0 end, line, home_of_xids,
      case when head.n is null then 0 else coalesce(max(seq), 0) end
    from change_log
    having head.n is not null or count(*) > 0
    returning n into appended;
    return appended;
  end if;
  insert into change_ledger (n, snap, cnt, timeline, generation, floor_seq)
  select head.n + 1, pg_current_snapshot(), fresh.cnt, line, head.generation, head.floor_seq
  from (select sum(cnt)::integer as cnt
        from (select count(*) as cnt from change_log where xid >= pg_snapshot_xmax(head.snap) and seq > head.floor_seq
              union all
              select count(*) from change_log where xid = any (array(select pg_snapshot_xip(head.snap))) and seq > head.floor_seq) as parts) as fresh
  where fresh.cnt > 0
  returning n into appended;
  return appended;
end;
$$;
-- +goose StatementEnd

-- change_batch is batch n in its order. It is empty for the first entry of a generation that follows another: a reader sees
-- another generation there and starts over.
-- +goose StatementBegin
create function change_batch(batch bigint) returns setof change_log
language plpgsql stable set search_path from current rows 100 as $$
declare
  entry change_ledger;
  before change_ledger;
begin
  select * into entry from change_ledger where n = batch;
  if not found then
    return;
  end if;
  select * into before from change_ledger where n = batch - 1;
  if before.n is not null and before.generation <> entry.generation then
    return;
  end if;
  if before.n is null then
    before.snap := '1:1:';
  end if;
  return query
  select * from (
    select * from change_log
    where xid >= pg_snapshot_xmax(before.snap) and xid < pg_snapshot_xmax(entry.snap)
      and pg_visible_in_snapshot(xid, entry.snap) and seq > entry.floor_seq
    union all
    select * from change_log
    where xid = any (array(select pg_snapshot_xip(before.snap))) and pg_visible_in_snapshot(xid, entry.snap) and seq > entry.floor_seq
  ) as fresh
  order by seq;
end;
$$;
-- +goose StatementEnd

-- change_ledger_prune forgets entries older than a time, some at a call; cursors before them answer RESYNC.
-- +goose StatementBegin
create function change_ledger_prune(older_than timestamptz, at_most integer default 10000) returns integer
language plpgsql set search_path from current as $$
declare
  pruned integer;
begin
  with oldest as (select n, at from change_ledger order by n limit at_most)
  delete from change_ledger using oldest
  where change_ledger.n = oldest.n and oldest.at < older_than and oldest.n < (select max(n) from change_ledger);
  get diagnostics pruned = row_count;
  return pruned;
end;
$$;
-- +goose StatementEnd
