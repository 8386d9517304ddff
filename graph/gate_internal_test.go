package graph

import (
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/lexer"
)

// lexed counts tokens as gqlparser does; ok is false for what it refuses.
func lexed(text string) (tokens int, ok bool) {
	l := lexer.New(&ast.Source{Input: text})
	for {
		token, err := l.ReadToken()
		switch {
		case err != nil:
			return tokens, false
		case token.Kind == lexer.EOF:
			return tokens, true
		case token.Kind != lexer.Comment:
			tokens++
		}
	}
}

func everything() Limits {
	l := Limits{Tokens: 1 << 30, NameLength: 1 << 30, Nesting: 1 << 30}
	return l.withDefaults()
}

func TestTheGateCountsTokensLikeTheParser(t *testing.T) {
	t.Parallel()
	l := everything()
	for _, text := range []string{
		``, `{a}`, `query Q($a: [Int!]! = [1, -2.5e-3]) @d { b(c: "x \" y", d: """z \""" " w""") ...F }`,
		"# a comment {\n{a # another\n}", `{a(b: "")}`, `{a(b: """""")}`, "\uFEFF{a,,,b}", `{a(b: {c: $d, e: ENUM, f: null})}`,
	} {
		want, ok := lexed(text)
		require.True(t, ok, text)
		got, refusal := gate(text, &l)
		require.Nil(t, refusal)
		require.Equal(t, want, got, text)
	}
}

func FuzzTheGateNeverCountsFewerTokensThanTheParser(f *testing.F) {
	f.Add(`query Q($a: Int = -1) { b(c: "\ud83d\ude00", d: """e""") }`)
	f.Add("#\r{a}")
	l := everything()
	f.Fuzz(func(t *testing.T, text string) {
		want, ok := lexed(text)
		got, refusal := gate(text, &l)
		if ok && refusal == nil && got < want {
			t.Fatalf("gate %d, parser %d", got, want)
		}
	})
}

func TestTheCacheIsBoundedByCountAndBySize(t *testing.T) {
	t.Parallel()
	l := Limits{CacheEntries: 3, CacheBytes: 1600}
	d := newDocuments(nil, &l, false)
	for _, text := range []string{"a", "b", "c", "d"} {
		d.add(text, &ast.QueryDocument{}, 10)
	}
	has := func(text string) bool { _, ok := d.byText.Get(text); return ok }
	require.False(t, has("a"))
	require.True(t, has("d"))
	d.add("large", &ast.QueryDocument{}, 101)
	require.False(t, has("large"), "one document takes at most a sixteenth")
	require.Equal(t, 30, d.byText.Weight())
}
