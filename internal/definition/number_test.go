package definition

import (
	"testing"

	"github.com/augmentedos/graph/internal/model"
	"github.com/stretchr/testify/require"
)

func TestVersionsAreCountedUp(t *testing.T) {
	t.Parallel()
	for highest, want := range map[string][3]string{ // major, minor, patch
		"":                         {"1.0.0", "1.0.0", "1.0.0"},
		"1.4.2":                    {"2.0.0", "1.5.0", "1.4.3"},
		"0.0.9":                    {"1.0.0", "0.1.0", "0.0.10"},
		"2.0.0-rc.1":               {"2.0.0", "2.0.0", "2.0.0"},
		"2.1.0-rc.1":               {"3.0.0", "2.1.0", "2.1.0"},
		"2.1.3-rc-1":               {"3.0.0", "2.2.0", "2.1.3"},
		"99999999999999999999.0.0": {"100000000000000000000.0.0", "99999999999999999999.1.0", "99999999999999999999.0.1"},
	} {
		for i, bump := range []model.VersionBump{model.VersionBumpMajor, model.VersionBumpMinor, model.VersionBumpPatch} {
			require.Equal(t, want[i], next(highest, bump), "%s of %q", bump, highest)
		}
	}
}
