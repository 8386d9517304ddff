package postgres

import (
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"

	"github.com/augmentedos/graph/internal/fault"
)

// account is who the server runs as: ourselves, unless we are root, which
// PostgreSQL refuses. Then it is the postgres user, else nobody.
type account struct {
	name     string
	uid, gid int
	switched bool // the server runs as somebody else than we do
}

func serverAccount() (account, error) {
	if uid := os.Geteuid(); uid != 0 {
		return account{name: "uid " + strconv.Itoa(uid), uid: uid, gid: os.Getegid()}, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, errUID := strconv.Atoi(u.Uid)
		gid, errGID := strconv.Atoi(u.Gid)
		if errUID == nil && errGID == nil && uid != 0 {
			return account{name: name, uid: uid, gid: gid, switched: true}, nil
		}
	}
	return account{}, fault.Errorf(fault.Unavailable, "PostgreSQL refuses to run as root, and there is neither a postgres nor a nobody user to run it as.").
		Hint("Start augmentedos as an ordinary user, or create one with `useradd --system postgres`.")
}

func (a account) credential() *syscall.Credential {
	if !a.switched {
		return nil
	}
	return &syscall.Credential{Uid: uint32(a.uid), Gid: uint32(a.gid)}
}

// own hands path to the account. Only ever called on what we created.
func (a account) own(path string) error {
	if !a.switched {
		return nil
	}
	return os.Lchown(path, a.uid, a.gid)
}

// canEnter checks that every folder on the way to path may be traversed by the
// account, because PostgreSQL itself would only say "permission denied".
func (a account) canEnter(path string) error {
	if !a.switched {
		return nil
	}
	for dir := path; ; dir = filepath.Dir(dir) {
		info, err := os.Stat(dir)
		if err != nil {
			return err
		}
		if !a.mayTraverse(info) {
			return fault.Errorf(fault.Unavailable, "The folder %s (mode %04o) cannot be entered by the user %s, which runs PostgreSQL because it refuses to run as root.",
				dir, info.Mode().Perm(), a.name).
				Hint("Set AOS_DATA_DIR to a folder outside of it such as /var/lib/augmentedos, or run `chmod o+x %s`.", dir)
		}
		if dir == filepath.Dir(dir) {
			return nil
		}
	}
}

func (a account) mayTraverse(info fs.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return true
	}
	switch mode := info.Mode().Perm(); {
	case int(stat.Uid) == a.uid:
		return mode&0o100 != 0
	case int(stat.Gid) == a.gid:
		return mode&0o010 != 0
	default:
		return mode&0o001 != 0
	}
}

// makeDir creates a private folder for the server, or accepts the one there is.
func (a account) makeDir(path string) error {
	err := os.Mkdir(path, 0o700)
	if os.IsExist(err) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := a.own(path); err != nil {
		return fmt.Errorf("handing %s to %s: %w", path, a.name, err)
	}
	return nil
}
