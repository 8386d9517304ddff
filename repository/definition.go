package repository

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/augmentedos/graph/internal/model"
	"github.com/google/uuid"
)

// bookkeeping are the columns of a definition that are not its content.
var bookkeeping = []string{"id", "created_at", "updated_at", "revision", "status", "version", "version_sort"}

// definitionFields adds the computed fields that all definitions have; each
// reads what it shows by itself.
func definitionFields(key string, own Computed) Computed {
	own["problems"] = append(own["problems"], "id", key)
	own["allowedActions"] = append([]string{"status", "version"}, own["problems"]...)
	own["usedBy"], own["diff"], own["history"] = []string{key}, []string{key}, []string{"id"}
	return own
}

// Content lists the columns that say what a version of a definition is; its
// business key is the first of them.
func (d *Descriptor) Content() []string {
	rest := slices.DeleteFunc(slices.Clone(d.Columns()), func(c string) bool { return c == d.Key || slices.Contains(bookkeeping, c) })
	return append([]string{d.Key}, rest...)
}

// Fill sets columns of row, a pointer to the entity's struct, as a write of
// these values would.
func (d *Descriptor) Fill(row any, values Values) {
	for column, value := range values {
		field := reflect.ValueOf(row).Elem().FieldByIndex(d.row.index[column])
		given := reflect.ValueOf(value)
		switch {
		case !given.IsValid():
			field.SetZero()
		case field.Kind() == reflect.Pointer:
			field.Set(reflect.New(field.Type().Elem()))
			field.Elem().Set(given.Convert(field.Type().Elem()))
		default:
			field.Set(given.Convert(field.Type()))
		}
	}
}

// LockKey keeps other transactions that move versions of a business key out
// until this one ends.
func LockKey(ctx context.Context, tx *Tx, d *Descriptor, key string) error {
	_, err := tx.Exec(ctx, d.Table+".lock_key", "select pg_advisory_xact_lock(hashtextextended($1, 0))", d.Table+VersionSeparator+key)
	return err
}

// HighestVersion is the highest version of a business key, "" when it has none.
func (s *Store) HighestVersion(ctx context.Context, d *Descriptor, key string) (highest string, err error) {
	name := d.Table + ".highest_version"
	sql := "/* " + name + " */ select t.version from " + d.Table + " t where t." + d.Key + " = $1 order by t.version_sort desc limit 1"
	err = scanEach(ctx, s, name, sql, args{key}, func(version string) { highest = version })
	return highest, err
}

// Pin is what a place in a definition's documents names and which row that
// means.
type Pin struct {
	SourceID   uuid.UUID               `db:"source_id"`
	Table      string                  `db:"target_table"`
	Path       string                  `db:"path"`
	BusinessID string                  `db:"target_business_id"`
	Version    *string                 `db:"target_version"` // that the document asks for
	TargetID   *uuid.UUID              `db:"target_id"`      // nil when it leads nowhere
	Status     *model.DefinitionStatus `db:"status"`         // of the target
}

// Target is the version that a pin leads to.
func (p Pin) Target() model.DefinitionRef {
	if p.TargetID == nil {
		return model.DefinitionRef{}
	}
	return model.DefinitionRef{Table: p.Table, ID: *p.TargetID}
}

// problem is what keeps the place from working in an active version, nil when
// nothing does.
func (p Pin) problem(activating bool) *model.Problem {
	target := byTable[p.Table]
	out := &model.Problem{Severity: model.ProblemSeverityWarning, Code: "UNRESOLVED_REFERENCE", Path: p.Path}
	if activating {
		out.Severity = model.ProblemSeverityError
	}
	switch {
	case p.TargetID == nil && p.Version == nil:
		out.Message = fmt.Sprintf("the %s %q has no active version", target.Name, p.BusinessID)
	case p.TargetID == nil:
		out.Message = fmt.Sprintf("the %s %q has no version %s", target.Name, p.BusinessID, *p.Version)
	case *p.Status == model.DefinitionDraft:
		out.Code, out.Message = "DRAFT_REFERENCE", fmt.Sprintf("version %s of the %s %q is a draft and may change", *p.Version, target.Name, p.BusinessID)
	default:
		return nil
	}
	return out
}

// ReferenceProblems finds the references of definitions that lead nowhere or to
// a draft, for each id in the order of their paths. A draft may have them, an
// active version may not.
func (s *Store) ReferenceProblems(ctx context.Context, source *Descriptor, ids []any, activating bool) (map[any][]*model.Problem, error) {
	array, _ := keyArray(ids)
	pins, err := s.Pins(ctx, source, array.([]uuid.UUID)...)
	found := make(map[any][]*model.Problem, len(pins))
	for id, list := range pins {
		for _, p := range list {
			if problem := p.problem(activating); problem != nil {
				found[id] = append(found[id], problem)
			}
		}
	}
	return found, err
}

// Pins reads all references of definitions in the order of their paths.
func (s *Store) Pins(ctx context.Context, source *Descriptor, ids ...uuid.UUID) (map[uuid.UUID][]Pin, error) {
	found := make(map[uuid.UUID][]Pin, len(ids))
	var branches []string
	for _, r := range ReferenceTablesOf(source.Table) {
		branches = append(branches, `select r.source_id, '`+r.Target+`' as target_table, r.path, r.target_business_id, r.target_version, t.id as target_id, t.status
from `+string(r.Name)+` r left join `+r.Target+` t on t.id = `+resolved(byTable[r.Target])+`
where r.source_id = any ($1::uuid[])`)
	}
	if len(branches) == 0 {
		return found, nil
	}
	name := source.Table + ".pins"
	sql := "/* " + name + " */ " + strings.Join(branches, "\nunion all\n") + "\norder by 3, 2"
	err := scanEach(ctx, s, name, sql, args{ids}, func(p Pin) {
		p.Path = model.InputPath(p.Path)
		found[p.SourceID] = append(found[p.SourceID], p)
	})
	return found, err
}

// use is a DefinitionUse as the database has it.
type use struct {
	Key         string     `db:"key"`
	SourceTable string     `db:"source_table"`
	SourceID    uuid.UUID  `db:"source_id"`
	Active      bool       `db:"active"`
	Path        string     `db:"path"`
	Pinned      bool       `db:"pinned"`
	TargetID    *uuid.UUID `db:"target_id"`
}

// Uses finds for each business key of d the places that name it, active sources
// first, at most limit for each kind of source. One statement serves all keys.
func (s *Store) Uses(ctx context.Context, d *Descriptor, keys []any, limit int) (map[any][]*model.DefinitionUse, error) {
	var branches []string
	for _, r := range ReferenceTables {
		if r.Target == d.Table {
			branches = append(branches, usesOf(d, r.Source, "select s.status, r.* from "+string(r.Name)+" r join "+r.Source+
				" s on s.id = r.source_id where r.target_business_id = k.key", "r.pinned"))
		}
	}
	for kind, tested := range testTargets {
		if tested == d.Table {
			branches = append(branches, usesOf(d, "test_definitions", `select s.status, s.id as source_id, '/targetId' as path, s.target_id as target_business_id,
    s.target_version, null::uuid as target_id, false as pinned
  from test_definitions s where s.type = '`+string(kind)+`' and s.target_id = k.key`, "r.target_version is not null"))
		}
	}
	found := make(map[any][]*model.DefinitionUse, len(keys))
	if len(branches) == 0 {
		return found, nil
	}
	name := d.Table + ".uses"
	sql := "/* " + name + " */ " + strings.Join(branches, "\nunion all\n") + "\norder by active desc, source_table, source_id, path"
	texts, _ := keyArray(keys)
	err := scanEach(ctx, s, name, sql, args{texts, limit}, func(u use) { found[u.Key] = append(found[u.Key], u.of(d)) })
	return found, err
}

// usesOf is the part of the statement for one kind of source; rows selects its
// references to k.key with the status of their source.
func usesOf(d *Descriptor, source, rows, pinned string) string {
	return `select k.key, '` + source + `' as source_table, r.source_id, r.status = 'active' as active, r.path, ` + pinned + ` as pinned, ` + resolved(d) + ` as target_id
from unnest($1::text[]) as k(key) cross join lateral (
  ` + rows + `
  order by s.status <> 'active', 2, 3 limit $2::int) r`
}

func (u use) of(d *Descriptor) *model.DefinitionUse {
	found := &model.DefinitionUse{
		Source: model.DefinitionRef{Table: u.SourceTable, ID: u.SourceID}, Path: model.InputPath(u.Path), Pinned: u.Pinned, Active: u.Active,
	}
	if u.TargetID != nil {
		found.Goal = model.DefinitionRef{Table: d.Table, ID: *u.TargetID}
	}
	return found
}

// testTargets are the tables of what tests can be about.
var testTargets = map[model.TestTargetType]string{
	model.TestsTask:     "task_definitions",
	model.TestsWorkflow: "workflow_definitions",
}

// TestTarget is the entity that a test of this type is about.
func TestTarget(of model.TestTargetType) *Descriptor { return byTable[testTargets[of]] }

// running is how many instances of a version have not ended.
type running struct {
	ID    uuid.UUID `db:"id"`
	Count int       `db:"n"`
}

// Running counts the instances of each version of a business key that have one
// of the statuses, the newest version first. Only definitions that instances
// with a status run on have any.
func (s *Store) Running(ctx context.Context, d *Descriptor, key string, statuses []string) ([]*model.DefinitionRunning, error) {
	found := []*model.DefinitionRunning{}
	r := d.Relations["instances"]
	name := d.Table + ".running"
	sql := `/* ` + name + ` */ select d.id, c.n from ` + d.Table + ` d
cross join lateral (select d.id as key) k
cross join lateral (select count(*) as n from ` + r.Table + ` t where ` + r.On + ` and t.status = any ($2::text[])) c
where d.` + d.Key + ` = $1 and c.n > 0
order by d.version_sort desc`
	err := scanEach(ctx, s, name, sql, args{key, statuses}, func(r running) {
		found = append(found, &model.DefinitionRunning{Version: model.DefinitionRef{Table: d.Table, ID: r.ID}, Count: r.Count})
	})
	return found, err
}

// ForgetTarget lets go of a version that drafts name and that is about to be
// deleted; they look for it again when they are saved or activated.
func ForgetTarget(ctx context.Context, tx *Tx, d *Descriptor, id uuid.UUID) error {
	for _, r := range ReferenceTables {
		if r.Target != d.Table {
			continue
		}
		if _, err := tx.Exec(ctx, string(r.Name)+".forget", "update "+string(r.Name)+" set target_id = null where target_id = $1 and not pinned", id); err != nil {
			return err
		}
	}
	return nil
}
