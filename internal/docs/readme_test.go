package main

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/augmentedos/graph/repository"
	"github.com/stretchr/testify/require"
)

const readmeFile = "../../README.md"

func TestTheReadmeListsThePresentSettings(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile(readmeFile)
	require.NoError(t, err)
	fresh, err := withSettings(readme)
	require.NoError(t, err)
	require.True(t, bytes.Equal(fresh, readme), "the table of settings is old: make docs")
}

func TestTheReadmeShowsAnAnswerBeforeItExplains(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile(readmeFile)
	require.NoError(t, err)
	lines := strings.Split(string(readme), "\n")
	require.LessOrEqual(t, len(lines), 250, "the rest belongs into docs/")
	first := strings.Join(lines[:40], "\n")
	for _, part := range []string{"make run", "curl ", `"data"`, "○"} {
		require.Contains(t, first, part, "of the first 40 lines")
	}
}

func TestEveryTableHasAPage(t *testing.T) {
	t.Parallel()
	for _, d := range repository.All {
		page, err := os.ReadFile("../../docs/schemas/" + d.Table + ".md")
		require.NoError(t, err)
		require.Contains(t, string(page), "## Columns")
	}
}
