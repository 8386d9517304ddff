package cli

import (
	"fmt"
	"runtime"
)

// Version is set by the release build.
var Version = "development"

type versionCommand struct{}

// Run prints the version in one line.
func (versionCommand) Run(s *session) error {
	fmt.Fprintf(s.out, "augmentedos %s %s/%s %s\n", Version, runtime.GOOS, runtime.GOARCH, runtime.Version())
	return nil
}
