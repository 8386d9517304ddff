package main

import (
	"fmt"
	"strings"
)

// extensions are those of the architecture and what each is for here.
var extensions = []struct{ name, use string }{
	{"pgcrypto", "Credentials of connections are encrypted by the server as OpenPGP messages before they are sent; `pgp_sym_decrypt_bytea` opens them by hand when the server is gone. The key never reaches PostgreSQL in normal work, not even its log."},
	{"uuid-ossp", "For services beside this one that call `uuid_generate_v4()` on tables of their own. Ids of our rows are UUIDs of version 7, made by the server or by `aos_uuid_v7()`."},
	{"pg_trgm", "Search over definitions and `contains` filters, tolerant of typing mistakes, by index."},
	{"ltree", "Names of events are paths and patterns of triggers and waits are queries over them; both directions are answered by index."},
}

func extensionsPage(c *catalogue) string {
	var b strings.Builder
	b.WriteString("# PostgreSQL's extensions\n\n<!-- written by `make docs` -->\n\nCreated by the first migration. All are trusted: the owner of a database may create them without being superuser.\nWhat uses them is read from the migrated catalogue.\n")
	for _, e := range extensions {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n", e.name, e.use)
		used := false
		for _, d := range c.extensions {
			if d.Extension != e.name {
				continue
			}
			if !used {
				b.WriteString("\n| Used by |\n| --- |\n")
				used = true
			}
			fmt.Fprintf(&b, "| %s |\n", cell(d.Object))
		}
		if !used {
			b.WriteString("\nNo table, column or index needs it.\n")
		}
	}
	b.WriteString("\n## temporal_tables\n\nHardly any packager ships it, so its contract is kept without it: `sys_period` on the row, earlier contents in `<table>_history`,\nwritten by a static PL/pgSQL trigger per table (`aos_install_history`). Tables with a history:\n\n")
	for _, name := range sortedKeys(c.tables) {
		if c.tables[name].hasHistory {
			fmt.Fprintf(&b, "- `%s`\n", name)
		}
	}
	return b.String()
}
