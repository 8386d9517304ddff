package rig

import (
	"fmt"
	"os"
	"strings"
)

// procStat are the fields of /proc/<pid>/stat after the program's name, the
// state first.
func procStat(pid int) []string {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return nil
	}
	_, rest, ok := strings.Cut(string(text), ") ")
	if !ok {
		return nil
	}
	return strings.Fields(rest)
}
