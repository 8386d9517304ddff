package importer

import (
	"context"
	"errors"
	"regexp"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// rules say in words what breaking a constraint means. The others are told
// from their definition.
var rules = map[string]string{
	"version_is_semver":           "is no version such as 1.2.0",
	"pattern_has_no_wildcards":    "names one event: words between dots, no wildcards",
	"pattern_is_valid":            "is no event pattern: words between dots, * for one of them, ** for any number",
	"context_id_unless_global":    "a connection for a client or a user says for which one, and a global one for none",
	"recorded_after_it_happened":  "an event cannot be recorded more than a day before it happened",
	"one_active":                  "another version is active already",
	"one_active_per_pattern":      "another active definition has this pattern",
	"one_active_wait":             "the instance already waits at this step",
	"one_start_per_event":         "this event has already started an instance through this trigger",
	"resolution_when_closed":      "a closed entry has a time and a strategy of its resolution, an open one has none",
	"id_made_from_created_at":     "the id is not made from created_at",
	"workflow_definition_id_fkey": "there is no such workflow definition",
}

// reject takes out the one staged row that breaks a rule of the database, and
// tells which and why.
func (r *run) reject(ctx context.Context, t *table, n int, pg *pgconn.PgError) error {
	message, column, err := r.rule(ctx, t, pg)
	if err != nil {
		return err
	}
	shown := column
	if shown == "credentials" || secretName(shown) {
		shown = ""
	}
	bad, err := r.hits(ctx, sqlReject(t, shown), n)
	if err != nil || len(bad) == 0 {
		return err
	}
	code := RuleBroken
	switch pg.Code {
	case "23505":
		code = Duplicate
	case "23502":
		code = ValueMissing
	}
	r.report.table(t.name).Refused++
	e := bad[0].entry(t, Refused, code, "", message)
	if column != "" {
		e.Path = "/" + column
	}
	e.Remedy = pg.Hint
	r.note(e)
	return nil
}

// rule says what a refusal means and which column it is about, "" for several.
func (r *run) rule(ctx context.Context, t *table, pg *pgconn.PgError) (message, column string, err error) {
	if pg.Code == "23502" {
		return "the value is required", pg.ColumnName, nil
	}
	var definition string
	var columns []string
	err = r.tx.QueryRow(ctx, sqlRule, t.name, pg.ConstraintName).Scan(&definition, &columns)
	if errors.Is(err, pgx.ErrNoRows) || pg.ConstraintName == "" {
		return pg.Message, pg.ColumnName, nil
	}
	if err != nil {
		return "", "", err
	}
	if len(columns) == 1 {
		column = columns[0]
	}
	if text, ok := rules[strings.TrimPrefix(pg.ConstraintName, t.name+"_")]; ok {
		return text, column, nil
	}
	if pg.Code == "23505" {
		return "another row, stored or earlier in the bundle, has the same " + strings.Join(columns, " and "), column, nil
	}
	return condition(definition), column, nil
}

var (
	quoted = regexp.MustCompile(`'([^']*)'::`)
	casts  = regexp.MustCompile(`::[a-z ]+(\[\])?`)
)

// condition reads a CHECK for people: the words of a list, else the condition.
func condition(definition string) string {
	if strings.Contains(definition, "ANY (") {
		var words []string
		for _, match := range quoted.FindAllStringSubmatch(definition, -1) {
			words = append(words, match[1])
		}
		return "must be one of " + strings.Join(words, ", ")
	}
	text := strings.TrimPrefix(casts.ReplaceAllString(definition, ""), "CHECK ")
	for strings.HasPrefix(text, "((") && strings.HasSuffix(text, "))") {
		text = text[1 : len(text)-1]
	}
	return "the rule is " + text
}
