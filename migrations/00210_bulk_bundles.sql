-- Bundles that bulk operations import, and those that they export. They are kept in the database, so that any server can take up an
-- operation and hand out what another one exported. Rows of an import that were refused are no rows of a table: their items have no id.
--
-- Read by the primary key only; what is old is found through bulk_operations.
-- Locks: a moment of ACCESS EXCLUSIVE on bulk_operation_items, nothing is rewritten.

-- +goose Up
create table bulk_operation_bundles (
  bulk_operation_id uuid         not null references bulk_operations on delete cascade,
  name              varchar(100) not null, -- a file of the bundle
  part              integer      not null, -- pieces of a file, from 1
  content           bytea        not null,
  primary key (bulk_operation_id, name, part)
);

alter table bulk_operation_items alter column id drop not null, alter column prefix drop not null;
