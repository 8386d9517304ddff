-- Ids: UUID version 7, made from created_at, so that ordering by id is ordering by creation, and the time of creation
-- can be read from the id (which is how the partitioned tables prune).
--
-- Bodies are BEGIN ATOMIC or RETURN where a CHECK or a generated column depends on them: their references are resolved
-- when they are created, so a dump restores under the empty search_path that pg_restore uses. Those that every insert calls
-- are one expression, not STRICT and truly immutable, because then the planner inlines them (an SQL function that it cannot
-- inline costs 20 microseconds a call). extract(epoch from timestamptz) is only stable, from an interval it is immutable.
-- Locks: none.

-- +goose Up

-- aos_uuid_v7 is the fallback of writers that bring no id; the server mints its own from created_at. Default and argument
-- are the transaction's time, like created_at's default, so both agree. The 24 bits after the milliseconds hold the
-- microseconds since the transaction began: rows of one transaction sort in the order of their insertion.
-- +goose StatementBegin
create function aos_uuid_v7(at timestamptz default now()) returns uuid
language sql volatile parallel safe
begin atomic
  select (lpad(to_hex(floor(extract(epoch from at - timestamptz 'epoch') * 1000)::bigint), 12, '0')
      || '7' || lpad(to_hex(elapsed >> 12), 3, '0')
      || '8' || lpad(to_hex(elapsed & 4095), 3, '0')
      || right(gen_random_uuid()::text, 12))::uuid
  from (select least(greatest(extract(epoch from clock_timestamp() - at) * 1000000, 0), 16777215)::integer as elapsed) as clock;
end;
-- +goose StatementEnd

-- aos_uuid_floor is the lowest UUID of at's millisecond: id >= aos_uuid_floor(t) reads "created at t or later".
-- +goose StatementBegin
create function aos_uuid_floor(at timestamptz) returns uuid
language sql immutable parallel safe
return (lpad(to_hex(floor(extract(epoch from at - timestamptz 'epoch') * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid;
-- +goose StatementEnd

-- aos_uuid_time is the instant in a version 7 UUID, null in any other.
-- +goose StatementBegin
create function aos_uuid_time(id uuid) returns timestamptz
language sql immutable strict parallel safe
return case when substr(id::text, 15, 1) = '7'
  then to_timestamp(('x' || replace(left(id::text, 13), '-', ''))::bit(48)::bigint / 1000.0) end;
-- +goose StatementEnd

-- aos_id_agrees is what the partitioned tables check: version 7, and made from created_at to the millisecond.
-- +goose StatementBegin
create function aos_id_agrees(id uuid, created_at timestamptz) returns boolean
language sql immutable parallel safe
return substr(id::text, 15, 1) = '7'
  and ('x' || replace(left(id::text, 13), '-', ''))::bit(48)::bigint = floor(extract(epoch from created_at - timestamptz 'epoch') * 1000);
-- +goose StatementEnd

-- aos_typeid writes an id as the API does: prefix_ and 26 characters of base32. A business id that nobody gave defaults
-- to it.
-- +goose StatementBegin
create function aos_typeid(prefix text, id uuid) returns text
language plpgsql immutable strict parallel safe as $$
declare
  alphabet constant text := '0123456789abcdefghjkmnpqrstvwxyz';
  bytes constant bytea := uuid_send(id);
  suffix text;
  word bigint;
begin
  -- 130 bits are written for 128. The first byte fills two characters behind two bits of zero, then each five bytes
  -- fill eight.
  suffix := substr(alphabet, (get_byte(bytes, 0) >> 5) + 1, 1) || substr(alphabet, (get_byte(bytes, 0) & 31) + 1, 1);
  for start in 1..11 by 5 loop
    word := (get_byte(bytes, start)::bigint << 32) | (get_byte(bytes, start + 1)::bigint << 24)
      | (get_byte(bytes, start + 2) << 16) | (get_byte(bytes, start + 3) << 8) | get_byte(bytes, start + 4);
    for shift in reverse 35..0 by 5 loop
      suffix := suffix || substr(alphabet, ((word >> shift) & 31)::integer + 1, 1);
    end loop;
  end loop;
  return prefix || '_' || suffix;
end;
$$;
-- +goose StatementEnd

-- aos_uuid_of reads what direct writers put where an id is meant: a UUID or a TypeID; null when it is neither.
-- +goose StatementBegin
create function aos_uuid_of(written text) returns uuid
language plpgsql immutable strict parallel safe as $$
declare
  alphabet constant text := '0123456789abcdefghjkmnpqrstvwxyz';
  suffix constant text := right(written, 26);
  bits bit varying := '';
begin
  if written ~ '^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$' then
    return written::uuid;
  end if;
  if written !~ '^[a-z]+_[0-7][0-9a-hjkmnp-tv-z]{25}$' then
    return null;
  end if;
  for i in 1..26 loop
    bits := bits || (strpos(alphabet, substr(suffix, i, 1)) - 1)::bit(5);
  end loop;
  -- 128 bits as hex, 32 at a time
  return (select string_agg(lpad(to_hex(substring(bits from 3 + 32 * part for 32)::bit(32)::bigint), 8, '0'), '' order by part)
          from generate_series(0, 3) as part)::uuid;
end;
$$;
-- +goose StatementEnd
