package expression_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/augmentedos/graph/internal/expression"
)

func TestACachedExpressionIsParsedOnceAndTheCacheStaysBounded(t *testing.T) {
	t.Parallel()
	cache := expression.NewCache(3)
	first, err := cache.Parse(`a == 1`)
	require.NoError(t, err)
	for i := range 2 {
		_, err := cache.Parse(fmt.Sprintf("b == %d", i))
		require.NoError(t, err)
	}
	again, err := cache.Parse(`a == 1`)
	require.NoError(t, err)
	require.Same(t, first, again)
	for i := range 10 {
		_, err := cache.Parse(fmt.Sprintf("c == %d", i))
		require.NoError(t, err)
	}
	require.Equal(t, 3, cache.Len())
	again, err = cache.Parse(`a == 1`)
	require.NoError(t, err)
	require.NotSame(t, first, again)
}

func TestACacheRemembersWhatDoesNotParse(t *testing.T) {
	t.Parallel()
	cache := expression.NewCache(3)
	program, err := cache.Parse(`High Risk`)
	require.Error(t, err)
	require.Nil(t, program)
	_, again := cache.Parse(`High Risk`)
	require.Same(t, err, again)
	require.Equal(t, 1, cache.Len())
}

func TestACacheKeepsTheReadingsOfATextApart(t *testing.T) {
	t.Parallel()
	cache := expression.NewCache(10)
	const source = `${a} - ${b}`
	want := map[string]any{"condition": 1.0, "template": 1.0, "text": "3 - 2"}
	env := expression.Env{"a": 3, "b": 2}
	for kind, parse := range map[string]func(string) (*expression.Program, error){
		"condition": cache.Parse, "template": cache.Template, "text": cache.Text,
	} {
		program, err := parse(source)
		require.NoError(t, err)
		value, err := program.Eval(t.Context(), env)
		require.NoError(t, err)
		require.Equal(t, want[kind], value, kind)
	}
	d, err := cache.Mapping([]byte(`{"x": "a"}`))
	require.NoError(t, err)
	value, err := d.Eval(t.Context(), env)
	require.NoError(t, err)
	require.Equal(t, map[string]any{"x": 3.0}, value)
}

func TestACacheMayBeShared(t *testing.T) {
	t.Parallel()
	cache := expression.NewCache(5)
	var group sync.WaitGroup
	for worker := range 8 {
		group.Go(func() {
			for i := range 200 {
				program, err := cache.Parse(fmt.Sprintf("a + %d", (i+worker)%10))
				if err == nil {
					_, err = program.Eval(t.Context(), expression.Env{"a": i})
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	require.Equal(t, 5, cache.Len())
}
