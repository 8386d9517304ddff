-- The four extensions of the architecture that every PostgreSQL ships.
--
-- pgcrypto   opens the OpenPGP messages in integration_instances.credentials by hand (pgp_sym_decrypt_bytea)
-- uuid-ossp  for platform services that call uuid_generate_v4() on their own tables
-- pg_trgm    trigram indexes under search and contains filters
-- ltree      event patterns: pattern_path and pattern_query
--
-- The fifth, temporal_tables, is packaged by almost nobody; 00040_history.sql keeps its contract in PL/pgSQL.
-- All four are trusted since PostgreSQL 13: the owner of the database may create them without being superuser.
-- Locks: none that a reader or writer notices.

-- +goose Up
create extension if not exists pgcrypto;
create extension if not exists "uuid-ossp";
create extension if not exists pg_trgm;
create extension if not exists ltree;
