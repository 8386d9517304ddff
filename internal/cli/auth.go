package cli

import (
	"github.com/augmentedos/graph/graph"
	"github.com/augmentedos/graph/internal/auth"
)

// authenticate is how callers show who they are, nil when nobody asks.
func (s *session) authenticate() (graph.Authenticate, error) {
	c := s.config.Auth
	if !c.Enabled() {
		return nil, nil
	}
	a, err := auth.New(auth.Options{TokensFile: c.TokensFile, KeysFile: c.KeysFile, Issuer: c.Issuer, Audience: c.Audience, RolesClaim: c.RolesClaim})
	if err != nil {
		return nil, err
	}
	return a.Authenticate, nil
}
