-- Event patterns: how a dotted text becomes an ltree path, a wildcard becomes an lquery, and how a trigger is found by an
-- index although lquery has no operator class.
--
--   exact            bookings.created     that path alone
--   * before the end *.created            exactly one segment
--   .* at the end    bookings.*           one or more segments
--   * alone          *                    paths of one segment
--   ** or #          finance.**           any number of segments, also none
--   prefix*          payment.rec*         a segment that begins so
--
-- Case counts. A label of ltree may hold [A-Za-z0-9_] on every supported major; any other character is written _xHH_
-- with its code point in hex, and so is an underscore before an x, which would otherwise read as such an escape. The
-- original text stays the truth.
--
-- All bodies are BEGIN ATOMIC or RETURN: generated columns and CHECKs depend on them (see 00002_ids.sql).
-- Locks: none.

-- +goose Up

-- +goose StatementBegin
create function aos_pattern_label(segment text) returns text
language sql immutable strict parallel safe
begin atomic
  select case when segment ~ '^[A-Za-z0-9_]*$' and strpos(segment, '_x') = 0 then segment
    else (select string_agg(case
              when letter ~ '^[A-Za-z0-9]$' then letter
              when letter = '_' and substr(segment, place::integer + 1, 1) <> 'x' then letter
              else '_x' || upper(to_hex(ascii(letter))) || '_' end, '' order by place)
          from regexp_split_to_table(segment, '') with ordinality as l(letter, place))
  end;
end;
-- +goose StatementEnd

-- aos_pattern_shaped: what a concrete pattern and one with wildcards have in common.
-- +goose StatementBegin
create function aos_pattern_shaped(pattern text) returns boolean
language sql immutable strict parallel safe
begin atomic
  select length(pattern) between 1 and 255 and pattern !~ '[[:space:][:cntrl:]]'
    and count(*) <= 32 and bool_and(segment <> '' and length(aos_pattern_label(segment)) <= 255)
  from string_to_table(pattern, '.') as s(segment);
end;
-- +goose StatementEnd

-- aos_pattern_plain: the usual case, a concrete pattern that needs no escape, so that path and text are the same. One
-- expression, so that the checks and the generated columns of events and waits, which have to be quick to insert, are inlined.
-- The functions below answer for it at once and leave the rest to a slower one.
-- +goose StatementBegin
create function aos_pattern_plain(pattern text) returns boolean
language sql immutable parallel safe
return length(pattern) < 256 and pattern ~ '^([A-Za-z0-9_]+\.){0,31}[A-Za-z0-9_]+$' and strpos(pattern, '_x') = 0;
-- +goose StatementEnd

-- aos_pattern_concrete: the name of an event, without wildcards.
-- +goose StatementBegin
create function aos_pattern_concrete(pattern text) returns boolean
language sql immutable parallel safe
return aos_pattern_plain(pattern) or (aos_pattern_shaped(pattern) and pattern !~ '\*|(^|\.)#(\.|$)');
-- +goose StatementEnd

-- aos_pattern_valid: what a trigger or a subscription may wait for.
-- +goose StatementBegin
create function aos_pattern_valid(pattern text) returns boolean
language sql immutable parallel safe
return aos_pattern_plain(pattern) or (aos_pattern_shaped(pattern) and pattern ~ '^(\*\*?|[^*.]+\*?)(\.(\*\*?|[^*.]+\*?))*$');
-- +goose StatementEnd

-- aos_pattern_path is empty for what is not concrete: the table's CHECK then refuses the row by name, where an error in
-- here would speak of ltree syntax.
-- +goose StatementBegin
create function aos_pattern_escaped_path(pattern text) returns ltree
language sql immutable strict parallel safe
begin atomic
  select case when aos_pattern_concrete(pattern) then string_agg(aos_pattern_label(segment), '.' order by place)::ltree
    else ''::ltree end
  from string_to_table(pattern, '.') with ordinality as s(segment, place);
end;
-- +goose StatementEnd

-- +goose StatementBegin
create function aos_pattern_path(pattern text) returns ltree
language sql immutable parallel safe
return case when aos_pattern_plain(pattern) then pattern::ltree else aos_pattern_escaped_path(pattern) end;
-- +goose StatementEnd

-- aos_pattern_prefix is the lquery of "begins with". After a trailing underscore it names the characters that may
-- follow one by one, because the escape of another character begins with an underscore, too.
-- +goose StatementBegin
create function aos_pattern_prefix(start text) returns text
language sql immutable strict parallel safe
begin atomic
  select case when right(start, 1) <> '_' then aos_pattern_label(start) || '*'
    else (select aos_pattern_label(start) || '|' || aos_pattern_label(start || 'x') || '*|'
            || string_agg(aos_pattern_label(start) || follower || '*', '|')
          from regexp_split_to_table('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwyz0123456789_', '') as f(follower))
  end;
end;
-- +goose StatementEnd

-- aos_pattern_query of an invalid pattern is a label that no path can hold, since an x after an underscore is escaped.
-- +goose StatementBegin
create function aos_pattern_wild_query(pattern text) returns lquery
language sql immutable strict parallel safe
begin atomic
  select case when aos_pattern_valid(pattern) then string_agg(case
        when segment in ('**', '#') then '*'
        when segment = '*' and place = segments and segments > 1 then '*{1,}'
        when segment = '*' then '*{1}'
        when right(segment, 1) = '*' then aos_pattern_prefix(left(segment, -1))
        else aos_pattern_label(segment) end, '.' order by place)::lquery
    else '_x_'::lquery end
  from (select segment, place, count(*) over () as segments
        from string_to_table(pattern, '.') with ordinality as s(segment, place)) as numbered;
end;
-- +goose StatementEnd

-- +goose StatementBegin
create function aos_pattern_query(pattern text) returns lquery
language sql immutable parallel safe
return case when aos_pattern_plain(pattern) then pattern::lquery else aos_pattern_wild_query(pattern) end;
-- +goose StatementEnd

-- aos_pattern_key is the literal part an index can look for, and aos_pattern_kind says where in the path to look:
-- exact (the whole path), prefix (its first segments), suffix (its last ones), any (nothing to look for).
-- +goose StatementBegin
create function aos_pattern_wild_kind(pattern text) returns text
language sql immutable strict parallel safe
begin atomic
  select case when not bool_or(wild) then 'exact'
    when not bool_or(wild and place = 1) then 'prefix'
    when not bool_or(wild and place = segments) then 'suffix'
    else 'any' end
  from (select place, segment ~ '\*$' or segment = '#' as wild, count(*) over () as segments
        from string_to_table(pattern, '.') with ordinality as s(segment, place)) as numbered;
end;
-- +goose StatementEnd

-- +goose StatementBegin
create function aos_pattern_kind(pattern text) returns text
language sql immutable parallel safe
return case when aos_pattern_plain(pattern) then 'exact' else aos_pattern_wild_kind(pattern) end;
-- +goose StatementEnd

-- +goose StatementBegin
create function aos_pattern_wild_key(pattern text) returns text
language sql immutable strict parallel safe
begin atomic
  select coalesce(string_agg(label, '.' order by place) filter (where place < first_wild),
                  string_agg(label, '.' order by place) filter (where place > last_wild), '')
  from (select place, aos_pattern_label(segment) as label,
          coalesce(min(place) filter (where segment ~ '\*$' or segment = '#') over (), 1000) as first_wild,
          max(place) filter (where segment ~ '\*$' or segment = '#') over () as last_wild
        from string_to_table(pattern, '.') with ordinality as s(segment, place)) as numbered;
end;
-- +goose StatementEnd

-- +goose StatementBegin
create function aos_pattern_key(pattern text) returns text
language sql immutable parallel safe
return case when aos_pattern_plain(pattern) then pattern else aos_pattern_wild_key(pattern) end;
-- +goose StatementEnd

-- aos_pattern_matches answers for one pair; lists join the candidates instead.
-- +goose StatementBegin
create function aos_pattern_matches(pattern text, path text) returns boolean
language sql immutable strict parallel safe
return aos_pattern_concrete(path) and aos_pattern_path(path) ~ aos_pattern_query(pattern);
-- +goose StatementEnd

-- aos_trigger_candidates lists the (kind, key) pairs under which a pattern that matches path must be filed. Readers join
-- them to (pattern_kind, pattern_key) and keep the rows where aos_pattern_path(path) ~ pattern_query: 12 times faster
-- over 10,000 triggers than asking each, and it does not grow with their number.
-- +goose StatementBegin
create function aos_trigger_candidates(path text) returns table (kind text, key text)
language sql immutable strict parallel safe rows 10
begin atomic
  with event as (select aos_pattern_path(path) as labels)
  select 'exact', labels::text from event
  union all
  select 'prefix', subpath(labels, 0, n)::text from event, generate_series(1, nlevel(labels)) as n
  union all
  select 'suffix', subpath(labels, n)::text from event, generate_series(0, nlevel(labels) - 1) as n
  union all
  select 'any', '';
end;
-- +goose StatementEnd
