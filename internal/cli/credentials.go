package cli

import (
	"fmt"

	"github.com/augmentedos/graph/internal/auth"
	"github.com/augmentedos/graph/internal/credential"
	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/instance"
	"github.com/augmentedos/graph/internal/postgres"
	"github.com/augmentedos/graph/repository"
)

type credentialsCommand struct {
	Rotate rotateCommand `cmd:"" help:"Encrypt all credentials with the first key of AOS_CREDENTIALS_KEY."`
}

type rotateCommand struct{}

// Run encrypts in batches what another key encrypted. A run that was stopped
// goes on where it was, and a server may serve meanwhile if it knows both keys.
func (rotateCommand) Run(s *session) error {
	return s.withPool(func(db *openDatabase) error {
		keys, err := s.keys(db.database)
		if err != nil {
			return err
		}
		ctx, count, terminal := auth.With(s.ctx, auth.Identity{Name: "credentials rotate"}), 0, isTerminal(s.out)
		err = connections(keys, db).Rotate(ctx, func(done, total int) {
			if count = done; terminal {
				fmt.Fprintf(s.out, "\r\033[Kencrypted %d of %d", done, total)
			}
		})
		if terminal {
			fmt.Fprint(s.out, "\r\033[K")
		}
		if err == nil {
			fmt.Fprintf(s.out, "%d credentials encrypted with key %s; all use it now\n", count, keys.Current())
		}
		return err
	})
}

func connections(keys *credential.Keyring, db *openDatabase) *instance.Connections {
	return &instance.Connections{Writer: &repository.Writer{Store: repository.NewStore(db.pools.Primary), DB: db.pools.Primary}, Keys: keys}
}

// keys are those of AOS_CREDENTIALS_KEY. The embedded database has one of its
// own beside it, which stays known when a setting replaces it, so that it can
// be rotated away.
func (s *session) keys(db *database) (*credential.Keyring, error) {
	keys, err := credential.Parse(s.config.Secrets.CredentialsKey.Reveal())
	if err != nil {
		return nil, fault.Errorf(fault.BadUserInput, "AOS_CREDENTIALS_KEY: %v", err)
	}
	if !db.embedded {
		return keys, nil
	}
	dir, err := s.dataDir()
	if err != nil {
		return nil, err
	}
	if keys == nil {
		return credential.KeyFile(dir)
	}
	return keys.WithFile(dir)
}

// dataDir is the folder of the embedded PostgreSQL.
func (s *session) dataDir() (string, error) {
	if s.config.DataDir != "" {
		return s.config.DataDir, nil
	}
	return postgres.DefaultDataDir()
}
