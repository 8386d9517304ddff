package credential

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/augmentedos/graph/internal/fault"
)

const keyFile = "credentials.key"

// KeyFile reads the key of the embedded database from its data folder and makes
// one when there is none, so that a demo works without settings. Only the
// server's account may read it.
func KeyFile(dataDir string) (*Keyring, error) {
	path := filepath.Join(dataDir, keyFile)
	if err := makeKey(path); err != nil {
		return nil, fault.Wrap(err, fault.Unavailable, "the key for credentials cannot be kept: "+err.Error()).
			Hint("make %s writable, or set AOS_CREDENTIALS_KEY", dataDir)
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("the key for credentials: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fault.Errorf(fault.BadUserInput, "%s can be read by others", path).Hint("chmod 600 %s", path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("the key for credentials: %w", err)
	}
	ring, err := Parse(string(text))
	if err == nil && ring == nil {
		err = ErrKey
	}
	if err != nil {
		return nil, fault.Wrap(err, fault.BadUserInput, path+": "+err.Error()).Hint("restore the file; what was encrypted with it cannot be read without it")
	}
	return ring, nil
}

// WithFile are the keys and, as the last, the one of the file in the data
// folder, where there is one: what it encrypted stays readable.
func (r *Keyring) WithFile(dataDir string) (*Keyring, error) {
	if _, err := os.Stat(filepath.Join(dataDir, keyFile)); err != nil {
		return r, nil //nolint:nilerr // no file, no key
	}
	own, err := KeyFile(dataDir)
	if err != nil {
		return nil, err
	}
	return &Keyring{keys: append(slices.Clone(r.keys), own.keys...)}, nil
}

// makeKey writes a new key unless there is a file. It appears whole or not at
// all, also when two servers start at once.
func makeKey(path string) error {
	if _, err := os.Stat(path); err == nil || !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	secret := make([]byte, 32)
	if _, err := rand.Read(secret); err != nil {
		return err
	}
	draft, err := os.CreateTemp(filepath.Dir(path), ".credentials.key-*") // with mode 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(draft.Name()) }()
	_, err = fmt.Fprintln(draft, base64.StdEncoding.EncodeToString(secret))
	if err = errors.Join(err, draft.Sync(), draft.Close()); err != nil {
		return err
	}
	if err := os.Link(draft.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}
