package main_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/augmentedos/graph/graph/nodeid"
	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/repository"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

type pageAnswer struct {
	Data map[string]struct {
		Nodes    []struct{ ID string }
		Edges    []struct{ Cursor string }
		PageInfo struct {
			HasNextPage, HasPreviousPage bool
			StartCursor, EndCursor       *string
		}
	}
	Errors []struct {
		Message    string
		Extensions struct{ Code fault.Code }
	}
}

// page reads one page; arguments are GraphQL.
func (w *world) page(t testing.TB, list, arguments string, general bool) pageAnswer {
	t.Helper()
	answer, _ := w.run(t, fmt.Sprintf("{ %s(%s) { nodes { id } edges { cursor } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }", list, arguments), nil, general)
	var p pageAnswer
	require.NoError(t, json.Unmarshal(answer, &p), "%s", answer)
	return p
}

func TestEveryListIsWalkedWholeInEveryOrderAndBothDirections(t *testing.T) {
	t.Parallel()
	w := newWorldWithManyRows(t)
	seed := rand.Uint64()
	t.Logf("sizes of pages from seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	for _, d := range repository.All {
		list := listField(d).Name
		for name, order := range d.Orders {
			want := w.idsInOrder(t, d, order)
			require.NotEmpty(t, want, d.Table)
			for _, general := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s %s, general %t", list, name, general), func(t *testing.T) {
					require.Equal(t, want, w.walk(t, list, name, len(want), false, general, random), "seed %d", seed)
					slices.Reverse(want)
					require.Equal(t, want, w.walk(t, list, name, len(want), true, general, random), "seed %d", seed)
					slices.Reverse(want)
				})
			}
		}
	}
}

// idsInOrder is the whole list as SQL sorts it.
func (w *world) idsInOrder(t *testing.T, d *repository.Descriptor, order repository.Order) []string {
	direction := " asc"
	if order.Descending {
		direction = " desc"
	}
	rows, err := w.pool.Query(t.Context(), "select id from "+d.Table+" order by "+strings.Join(order.Columns, direction+", ")+direction)
	require.NoError(t, err)
	ids, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	require.NoError(t, err)
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = nodeid.Encode(d.Prefix(), id)
	}
	return out
}

// walk reads a list of n rows by pages of random size and checks what each page
// says about its neighbours. Walking backward, the last row comes first.
func (w *world) walk(t *testing.T, list, order string, n int, backward, general bool, random *rand.Rand) (ids []string) {
	size, from := "first", "after"
	if backward {
		size, from = "last", "before"
	}
	cursor := ""
	for len(ids) < n {
		arguments := fmt.Sprintf("orderBy: %s, %s: %d", order, size, 1+random.IntN(max(1, min(100, n/2))))
		if cursor != "" {
			arguments += fmt.Sprintf(", %s: %q", from, cursor)
		}
		answer := w.page(t, list, arguments, general)
		require.Empty(t, answer.Errors)
		p := answer.Data[list]
		require.NotEmpty(t, p.Nodes, "the walk goes on until the list ends")
		require.Equal(t, p.Edges[0].Cursor, *p.PageInfo.StartCursor)
		require.Equal(t, p.Edges[len(p.Edges)-1].Cursor, *p.PageInfo.EndCursor)
		started := len(ids) > 0
		if backward {
			slices.Reverse(p.Nodes)
		}
		for _, node := range p.Nodes {
			ids = append(ids, node.ID)
		}
		ended := len(ids) >= n
		if backward {
			require.Equal(t, []bool{!ended, started}, []bool{p.PageInfo.HasPreviousPage, p.PageInfo.HasNextPage}, arguments)
			cursor = *p.PageInfo.StartCursor
		} else {
			require.Equal(t, []bool{started, !ended}, []bool{p.PageInfo.HasPreviousPage, p.PageInfo.HasNextPage}, arguments)
			cursor = *p.PageInfo.EndCursor
		}
	}
	return ids
}

func TestACursorOfAnotherOrderIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, d := range repository.All {
		list := listField(d).Name
		for name := range d.Orders {
			made := w.page(t, list, "first: 1, orderBy: "+name, false).Data[list].PageInfo.EndCursor
			for other := range d.Orders {
				if other == name {
					continue
				}
				for _, from := range []string{"first: 1, after", "last: 1, before"} {
					for _, general := range []bool{false, true} {
						answer := w.page(t, list, fmt.Sprintf("orderBy: %s, %s: %q", other, from, *made), general)
						require.Len(t, answer.Errors, 1, "%s by %s with a cursor of %s", list, other, name)
						require.Equal(t, fault.BadUserInput, answer.Errors[0].Extensions.Code)
					}
				}
			}
		}
	}
}

// FuzzCursor sends what strangers make of cursors: whatever it is, the answer is
// a page or a refusal, never a fault of ours.
func FuzzCursor(f *testing.F) {
	w := newWorld(f)
	id := uuid.NewString()
	for _, text := range []string{
		"", "x", "====", "[]", "{}", "null", "[1]", `["PRIORITY"]`, `["PRIORITY","1","2026-01-01T00:00:00Z","` + id + `"]`,
		`["PRIORITY","99999999999","2026-01-01T00:00:00Z","` + id + `"]`, `["PRIORITY","-99999","0000-01-01T00:00:00Z","` + id + `"]`,
		`["PRIORITY","40000","9999-12-31T23:59:59.999999999Z","` + id + `"]`, `["PRIORITY","1","infinity","` + id + `"]`,
		`["NAME_ASC","a\u0000b","` + id + `"]`, `["NAME_ASC","\ud800","` + id + `"]`, `["NAME_ASC","'; drop table x","` + id + `"]`,
		`["CREATED_AT_DESC","{` + id + `}"]`, `["CREATED_AT_DESC","00000000-0000-0000-0000-000000000000"]`, `["DUE_AT_ASC",null,null]`,
		`["VERSION_DESC","a","b","` + id + `"]`, `["UPDATED_AT_DESC","2026-01-01T00:00:00+23:59","` + id + `"]`, strings.Repeat("[", 5000),
	} {
		f.Add(text)
	}
	lists := map[string][]string{
		"taskInstances": {"PRIORITY", "DUE_AT_ASC", "CREATED_AT_DESC"}, "workflowDefinitions": {"NAME_ASC", "VERSION_DESC", "UPDATED_AT_DESC"},
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, cursor := range []string{text, base64.RawURLEncoding.EncodeToString([]byte(text))} {
			variables, err := json.Marshal(map[string]string{"c": cursor})
			require.NoError(t, err)
			for list, orders := range lists {
				for _, order := range orders {
					answer, _ := w.run(t, fmt.Sprintf("query($c: Cursor!) { %s(orderBy: %s, after: $c) { nodes { id } } }", list, order), variables, len(text)%2 == 0)
					require.NotContains(t, string(answer), fault.Internal)
					require.NotContains(t, string(answer), fault.Unavailable)
				}
			}
		}
	})
}
