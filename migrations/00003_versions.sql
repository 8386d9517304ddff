-- Versions of definitions are SemVer texts. Text order would put 1.10.0 before 1.9.0 and 2.0.0-rc before or after 2.0.0
-- by accident, so each definition has a generated version_sort that orders by bytes as SemVer orders by rule.
-- Locks: none.

-- +goose Up

-- +goose StatementBegin
create function aos_version_valid(version text) returns boolean
language sql immutable parallel safe
return version ~ '^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?$';
-- +goose StatementEnd

-- aos_number_sort puts the number of digits before the digits: 9 < 10 also as text.
-- +goose StatementBegin
create function aos_number_sort(digits text) returns text
language sql immutable strict parallel safe
return lpad(length(ltrim(digits, '0'))::text, 2, '0') || ltrim(digits, '0');
-- +goose StatementEnd

-- aos_version_sort: the three numbers, then '~' for a release, or '-' and the identifiers of a pre-release ('-' < '~').
-- An identifier is '0' and a number, or '1' and text; the space behind it sorts below every character it may contain,
-- so fewer identifiers sort before more. What is no version sorts as '', and the table's CHECK refuses it by name.
-- +goose StatementBegin
create function aos_version_sort(version text) returns text
language sql immutable strict parallel safe
begin atomic
  select coalesce(string_agg(aos_number_sort(number), '' order by place)
      || case when strpos(version, '-') = 0 then '~'
           else '-' || (select string_agg(case when identifier ~ '^[0-9]+$' then '0' || aos_number_sort(identifier)
                                               else '1' || identifier end || ' ', '' order by at)
                        from string_to_table(substr(version, strpos(version, '-') + 1), '.') with ordinality as i(identifier, at))
         end, '')
  from string_to_table(split_part(version, '-', 1), '.') with ordinality as n(number, place);
end;
-- +goose StatementEnd
