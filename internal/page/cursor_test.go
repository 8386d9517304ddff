package page_test

import (
	"strings"
	"testing"

	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/page"
	"github.com/stretchr/testify/require"
)

func TestACursorIsAShortString(t *testing.T) {
	t.Parallel()
	for _, fine := range []any{"", "abc"} {
		var c page.Cursor
		require.NoError(t, c.UnmarshalGQL(fine))
		require.Equal(t, fine, string(c))
	}
	for _, wrong := range []any{1, nil, strings.Repeat("a", 2000), "\x00"} {
		var c page.Cursor
		require.Equal(t, fault.BadUserInput, fault.CodeOf(c.UnmarshalGQL(wrong)))
	}
}

func TestACursorGoesOnInItsOwnOrderOnly(t *testing.T) {
	t.Parallel()
	c := page.NewCursor("NAME_ASC", []string{"a \"quoted\" name", "id"})
	values, err := c.Values("NAME_ASC", 2)
	require.NoError(t, err)
	require.Equal(t, []string{"a \"quoted\" name", "id"}, values)
	for _, refused := range []func() error{
		func() error { _, err := c.Values("CREATED_AT_DESC", 2); return err },
		func() error { _, err := c.Values("NAME_ASC", 3); return err },
		func() error { _, err := page.Cursor("***").Values("NAME_ASC", 2); return err },
		func() error { _, err := page.ParsePosition(c); return err },
	} {
		require.Equal(t, fault.BadUserInput, fault.CodeOf(refused()))
	}
}
