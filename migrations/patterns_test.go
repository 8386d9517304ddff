package migrations_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestPatternsMatchAsDocumented(t *testing.T) {
	t.Parallel()
	d := migrated(t)
	for _, c := range []struct{ pattern, matches, misses string }{
		{"bookings.created", "bookings.created", "bookings.created.v2 bookings Bookings.created bookings.create"},
		{"*.created", "bookings.created a.created", "bookings.item.created created bookings.updated"},
		{"finance.*.approved", "finance.invoice.approved", "finance.eu.invoice.approved finance.approved finance.invoice.rejected"},
		{"bookings.*", "bookings.created bookings.item.created", "bookings booking.created x.bookings.created"},
		{"user.activity.*", "user.activity.login user.activity.login.web", "user.activity user.login"},
		{"*", "order", "order.created"},
		{"*.*", "order.created order.created.late", "order"},
		{"finance.**", "finance finance.a finance.a.b", "sales.a financeer"},
		{"finance.#", "finance finance.a.b", "sales.a"},
		{"**", "a a.b a.b.c", ""},
		{"**.created", "created a.created a.b.created", "created.a"},
		{"a.**.z", "a.z a.b.z a.b.c.z", "a a.b z"},
		{"payment.rec*", "payment.received payment.rec", "payment.sent payment.received.late payments.received"},
		{"pay_*", "pay_in pay_ pay_x pay__", "pay pay-in paying pay.in"},
		{"pay-*", "pay-in pay-", "pay_in pay pay_x2D_in"},
		{"a-b:c.d", "a-b:c.d", "a_b:c.d a_x2D_b_x3A_c.d"},
		{"größe.*", "größe.neu", "grösse.neu"},
	} {
		require.True(t, one[bool](d, `select aos_pattern_valid($1)`, c.pattern), c.pattern)
		for _, path := range strings.Fields(c.matches) {
			assert.True(t, one[bool](d, `select aos_pattern_matches($1, $2)`, c.pattern, path), "%s should match %s", c.pattern, path)
		}
		for _, path := range strings.Fields(c.misses) {
			assert.False(t, one[bool](d, `select aos_pattern_matches($1, $2)`, c.pattern, path), "%s should not match %s", c.pattern, path)
		}
	}
}

func TestInvalidPatternsAreRefusedByName(t *testing.T) {
	t.Parallel()
	d := migrated(t)
	w := d.world()
	deep := strings.TrimSuffix(strings.Repeat("a.", 33), ".")
	for _, wrong := range []string{"", ".", "a.", ".a", "a..b", "a.*b", "a.b*c", "***", "a.**b", "a b", "a\tb", deep, strings.Repeat("a", 256), strings.Repeat("ü", 64) + ".b"} {
		if len([]rune(wrong)) <= 255 { // longer ones do not fit the column
			assert.Equal(t, "workflow_event_triggers_pattern_is_valid",
				d.fails(`insert into workflow_event_triggers (workflow_definition_id, event_pattern) values ($1, $2)`, w.definition, wrong).ConstraintName, wrong)
		}
		assert.False(t, one[bool](d, `select aos_pattern_concrete($1)`, wrong), wrong)
	}
	for _, wrong := range []string{"a.*", "a.**", "a.#", "*", "rec*"} {
		assert.Equal(t, "event_instances_pattern_has_no_wildcards", d.fails(`insert into event_instances (pattern) values ($1)`, wrong).ConstraintName, wrong)
		assert.Equal(t, "event_definitions_pattern_has_no_wildcards",
			d.fails(`insert into event_definitions (event_id, name, pattern) values ('x', 'X', $1)`, wrong).ConstraintName, wrong)
	}
}

// The index look-up may never miss a trigger that the residual check would keep.
func TestCandidatesHoldEveryPatternThatMatches(t *testing.T) {
	t.Parallel()
	d := migrated(t)
	segment := rapid.SampledFrom([]string{"a", "b", "ab", "a_", "a_x", "a-b", "x"})
	wild := rapid.SampledFrom([]string{"*", "**", "#", "a*", "a_*", "a-*"})
	found := 0
	rapid.Check(t, func(r *rapid.T) {
		path := strings.Join(rapid.SliceOfN(segment, 1, 4).Draw(r, "path"), ".")
		pattern := strings.Join(rapid.SliceOfN(rapid.OneOf(segment, wild), 1, 4).Draw(r, "pattern"), ".")
		matches := one[bool](d, `select aos_pattern_matches($1, $2)`, pattern, path)
		require.Equal(r, matchesByHand(strings.Split(pattern, "."), strings.Split(path, "."), true), matches, "%s on %s", pattern, path)
		filed := one[bool](d, `
			select exists (select from aos_trigger_candidates($2) where kind = aos_pattern_kind($1) and key = aos_pattern_key($1))`, pattern, path)
		if matches {
			found++
			require.True(r, filed, "%s matches %s but is not a candidate", pattern, path)
		}
	})
	assert.NotZero(t, found)
}

// matchesByHand is the rule as prose has it, to compare the SQL with.
func matchesByHand(pattern, path []string, whole bool) bool {
	if len(pattern) == 0 {
		return len(path) == 0
	}
	head, rest := pattern[0], pattern[1:]
	switch {
	case head == "**" || head == "#":
		for skip := range len(path) + 1 {
			if matchesByHand(rest, path[skip:], false) {
				return true
			}
		}
		return false
	case len(path) == 0:
		return false
	case head == "*" && len(rest) == 0 && !whole:
		return true
	case head == "*", strings.HasSuffix(head, "*") && strings.HasPrefix(path[0], strings.TrimSuffix(head, "*")), head == path[0]:
		return matchesByHand(rest, path[1:], false)
	}
	return false
}

func TestTriggersOfAnEventAreFoundByIndex(t *testing.T) {
	t.Parallel()
	d := migrated(t)
	w := d.world()
	d.exec(`insert into workflow_event_triggers (workflow_definition_id, event_pattern)
		select $1, case when n % 50 = 0 then '*.' else 'some.' end || 'kind' || n from generate_series(1, 8000) as n`, w.definition)
	for _, pattern := range []string{"*.created", "orders.created", "**", "orders.cre*", "invoices.*"} {
		d.exec(`insert into workflow_event_triggers (workflow_definition_id, event_pattern) values ($1, $2)`, w.definition, pattern)
	}
	d.exec(`update workflow_event_triggers set enabled = false where event_pattern = '**'`)
	d.exec(`analyze workflow_event_triggers`)
	const find = `
		from aos_trigger_candidates('orders.created') as c
		join workflow_event_triggers t on (t.pattern_kind, t.pattern_key) = (c.kind, c.key)
		where t.enabled and aos_pattern_path('orders.created') ~ t.pattern_query`
	assert.ElementsMatch(t, []string{"orders.*", "*.created", "orders.created", "orders.cre*"}, all[string](d, `select event_pattern `+find))
	plan := strings.Join(all[string](d, `explain select t.id `+find), "\n")
	assert.Contains(t, plan, "workflow_event_triggers_matching_all")
	assert.NotContains(t, plan, "Seq Scan on workflow_event_triggers")
}
