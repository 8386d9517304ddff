package migrations

import (
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Trigger is one that a migrated database has. Statement makes it again.
type Trigger struct {
	Table, Name, Statement string
	Always                 bool // fires in replication sessions, too
}

// Index is one that a migrated database has, apart from those of constraints.
type Index struct {
	Table, Name, Statement string
}

// The forms in which migrations make triggers and indexes. A statement ends
// with a semicolon at the end of a line.
var (
	installs      = regexp.MustCompile(`(?ms)^select aos_install_(row_triggers|history|capture)\('(\w+)'(.*?)\);$`)
	triggers      = regexp.MustCompile(`(?ms)^create (?:or replace )?trigger (\w+) [^;]*? on (\w+).*?;$`)
	always        = regexp.MustCompile(`(?m)^alter table (\w+) enable always trigger (\w+);$`)
	lostTriggers  = regexp.MustCompile(`(?m)^drop trigger (?:if exists )?(\w+) on (\w+);$`)
	references    = regexp.MustCompile(`(?m)^ +\('(\w+_references)',`) // the loop over the reference tables
	changes       = regexp.MustCompile(`(?ms)^create (?:unique )?index (?:concurrently )?(?:if not exists )?(\w+)\s+on (?:only )?(\w+).*?;$|^drop index (?:concurrently )?(?:if exists )?(\w+);$`)
	captureEvents = []string{"delete", "insert", "truncate", "update"}
)

// Triggers are the triggers that the migrations leave behind, by table and name.
func Triggers() []Trigger {
	found := map[string]Trigger{}
	put := func(t Trigger) { found[t.Table+"."+t.Name] = t }
	for _, text := range texts() {
		for _, m := range installs.FindAllStringSubmatch(text, -1) {
			for _, t := range installed(m[1], m[2], m[3]) {
				t.Statement = m[0]
				put(t)
			}
		}
		for _, m := range triggers.FindAllStringSubmatch(text, -1) {
			put(Trigger{Table: m[2], Name: m[1], Statement: m[0]})
		}
		for _, m := range always.FindAllStringSubmatch(text, -1) {
			if t, ok := found[m[1]+"."+m[2]]; ok {
				t.Always, t.Statement = true, t.Statement+" "+m[0]
				put(t)
			}
		}
		for _, m := range lostTriggers.FindAllStringSubmatch(text, -1) {
			delete(found, m[2]+"."+m[1])
		}
	}
	return sorted(found)
}

// installed are the triggers of one call of an installer.
func installed(installer, table, rest string) []Trigger {
	switch installer {
	case "history":
		return []Trigger{{Table: table, Name: "aos_10_history"}}
	case "row_triggers":
		update := Trigger{Table: table, Name: "aos_20_update"}
		if strings.HasPrefix(rest, ", null") { // no business id to give
			return []Trigger{update}
		}
		return []Trigger{{Table: table, Name: "aos_20_insert"}, update}
	}
	var all []Trigger
	for _, event := range captureEvents {
		if strings.Contains(rest, "inserts_only => true") && (event == "update" || event == "delete") {
			continue
		}
		all = append(all, Trigger{Table: table, Name: "aos_50_captured_" + event, Always: true})
	}
	return all
}

// Indexes are the indexes that the migrations leave behind, by table and name.
func Indexes() []Index {
	found := map[string]Index{}
	for _, text := range texts() {
		for _, m := range installs.FindAllStringSubmatch(text, -1) {
			if m[1] == "history" {
				found[m[2]+"_history_by_time"] = Index{Table: m[2] + "_history", Name: m[2] + "_history_by_time", Statement: m[0]}
			}
		}
		for _, m := range references.FindAllStringSubmatch(text, -1) {
			for suffix, column := range map[string]string{"_by_target": "target_id", "_by_target_key": "target_business_id"} {
				name := m[1] + suffix
				found[name] = Index{Table: m[1], Name: name, Statement: "create index " + name + " on " + m[1] + " (" + column + ");"}
			}
		}
		for _, m := range changes.FindAllStringSubmatch(text, -1) { // in the order they are written
			if m[3] != "" {
				delete(found, m[3])
			} else {
				found[m[1]] = Index{Table: m[2], Name: m[1], Statement: m[0]}
			}
		}
	}
	return sorted(found)
}

func sorted[T any](found map[string]T) []T {
	all := make([]T, 0, len(found))
	for _, name := range slices.Sorted(maps.Keys(found)) {
		all = append(all, found[name])
	}
	return all
}

// texts are the migrations, oldest first.
func texts() []string {
	names, err := fs.Glob(FS, "*.sql") // sorted by name, so by version
	if err != nil {
		panic(err) // the pattern is ours
	}
	all := make([]string, len(names))
	for i, name := range names {
		text, err := FS.ReadFile(name)
		if err != nil {
			panic(err) // the files are part of the program
		}
		all[i] = string(text)
	}
	return all
}
