package scalar

import (
	"strings"

	"github.com/99designs/gqlgen/graphql"

	"github.com/augmentedos/graph/internal/fault"
)

// maxSemVer is the width of the version columns.
const maxSemVer = 50

// MarshalSemVer writes the version of a definition as a string.
func MarshalSemVer(s string) graphql.Marshaler { return text(s) }

// UnmarshalSemVer takes major.minor.patch with an optional pre-release, as in
// 2.1.0 or 2.1.0-beta.3. Build metadata has no place in an order of versions
// and is refused.
func UnmarshalSemVer(v any) (string, error) {
	s, ok := v.(string)
	if !ok {
		return "", refuse("a version such as 1.4.0", v)
	}
	if !ValidSemVer(s) {
		return "", fault.Errorf(fault.BadUserInput, "This is not a semantic version.").
			Hint("Write it like 1.4.0 or 1.4.0-beta.2, at most %d characters.", maxSemVer)
	}
	return s, nil
}

// ValidSemVer says whether s is a version that a definition can have.
func ValidSemVer(s string) bool {
	if len(s) > maxSemVer {
		return false
	}
	core, pre, hasPre := strings.Cut(s, "-")
	parts := strings.Split(core, ".")
	if len(parts) != 3 {
		return false
	}
	for _, p := range parts {
		if !digits(p) || (len(p) > 1 && p[0] == '0') {
			return false
		}
	}
	if !hasPre {
		return true
	}
	for p := range strings.SplitSeq(pre, ".") {
		if !preRelease(p) {
			return false
		}
	}
	return true
}

func digits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

func preRelease(s string) bool {
	if digits(s) {
		return len(s) == 1 || s[0] != '0'
	}
	for i := range len(s) {
		c := s[i]
		if (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && c != '-' {
			return false
		}
	}
	return s != ""
}
