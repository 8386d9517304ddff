package postgres

import (
	"context"
	"io"
	"os/exec"
	"path/filepath"
)

// ServerProcesses are the processes that work on a data folder's cluster.
func ServerProcesses(dataDir string) []int { return serverProcesses(ClusterDir(dataDir)) }

// ClusterDir is PostgreSQL's own directory in a data folder.
func ClusterDir(dataDir string) string { return filepath.Join(dataDir, "cluster") }

// Postmaster is the process id of the server itself, 0 when none runs.
func Postmaster(dataDir string) int {
	place, err := folderAt(dataDir)
	if err != nil {
		return 0
	}
	return place.postmaster(serverProcesses(place.cluster))
}

// RunWithoutLauncher starts a server that nobody watches over.
func RunWithoutLauncher(s *Server) (*exec.Cmd, error) {
	cmd := exec.Command(filepath.Join(s.bin.Dir, "postgres"), s.arguments()...)
	confine(cmd, s.account)
	cmd.SysProcAttr.Pdeathsig = 0
	cmd.Dir, cmd.Env = s.folder.run, serverEnv()
	return cmd, cmd.Start()
}

// InstallPinned is Install for a package of any digest and an empty cache.
func InstallPinned(ctx context.Context, out io.Writer, cache, version, sha512 string) (Binaries, error) {
	wanted := pin{major: DefaultMajor, platform: "test", version: version, sha512: sha512}
	return installer{out: out, cache: cache}.unpackPin(ctx, wanted)
}
