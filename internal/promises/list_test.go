package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var (
	declared = regexp.MustCompile(`(?m)^func (Test\w+)\(`)
	named    = regexp.MustCompile("`(Test\\w+)")
)

// testsBelow are the tests of each folder with Go files.
func testsBelow(t *testing.T, root string) map[string]map[string]bool {
	t.Helper()
	found := map[string]map[string]bool{}
	require.NoError(t, filepath.WalkDir(root, func(path string, entry os.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		source, err := os.ReadFile(path)
		folder, _ := filepath.Rel(root, filepath.Dir(path))
		if found[folder] == nil {
			found[folder] = map[string]bool{}
		}
		for _, match := range declared.FindAllSubmatch(source, -1) {
			found[folder][string(match[1])] = true
		}
		return err
	}))
	return found
}

func TestEveryTestThatAPromiseNamesIsThere(t *testing.T) {
	t.Parallel()
	tests := testsBelow(t, "../..")
	for _, p := range promises() {
		for _, test := range p.tests {
			name, _, _ := strings.Cut(test.name, "/")
			require.True(t, tests[filepath.Clean(test.folder)][name], "%s: no %s in %s", p.text, name, test.folder)
		}
	}
}

func TestEveryTestThatThePageOfProofsNamesIsThere(t *testing.T) {
	t.Parallel()
	everywhere := map[string]bool{}
	for _, tests := range testsBelow(t, "../..") {
		for name := range tests {
			everywhere[name] = true
		}
	}
	page, err := os.ReadFile("../../docs/live-proof.md")
	require.NoError(t, err)
	mentioned := named.FindAllSubmatch(page, -1)
	require.NotEmpty(t, mentioned)
	for _, match := range mentioned {
		require.True(t, everywhere[string(match[1])], "%s is not a test", match[1])
	}
	for _, p := range liveFeed() {
		for _, test := range p.tests {
			require.Contains(t, string(page), test.name, "the page leaves out what shows: %s", p.text)
		}
	}
}
