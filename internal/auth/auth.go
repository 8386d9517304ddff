package auth

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/augmentedos/graph/internal/fault"
)

// Options say whom to let in. At least one of the files is given.
type Options struct {
	TokensFile string // bearer tokens, one a line
	KeysFile   string // keys that sign JSON Web Tokens
	Issuer     string // who must have issued those; empty: anybody with a key
	Audience   string // whom they must be meant for; empty: whomever
	RolesClaim string // the claim that lists roles

	Log *slog.Logger // hears of files that cannot be read again; nil = slog.Default()
}

// Authenticator knows who shows which token.
type Authenticator struct {
	tokens *watched[map[[sha256.Size]byte]Identity] // nil: tokens of one's own are not taken
	signed *watched[*signed]                        // nil: JSON Web Tokens are not taken
}

// New reads the files, which are read again when they change. Errors never
// repeat a token or a key.
func New(o Options) (*Authenticator, error) {
	a := &Authenticator{}
	var err error
	if o.TokensFile != "" {
		if a.tokens, err = watch(o.TokensFile, o.Log, readTokens); err != nil {
			return nil, fault.Wrap(err, fault.BadUserInput, "AOS_AUTH_TOKENS_FILE: "+err.Error()).Hint("docs/auth.md shows the form")
		}
	}
	if o.KeysFile != "" {
		if a.signed, err = watch(o.KeysFile, o.Log, func(string) (*signed, error) { return newSigned(o) }); err != nil {
			return nil, fault.Wrap(err, fault.BadUserInput, "AOS_AUTH_JWT_KEYS_FILE: "+err.Error()).Hint("docs/auth.md shows the form")
		}
	}
	return a, nil
}

// maxToken bounds what is looked at.
const maxToken = 16 << 10

// Authenticate is who shows a token, and until when that holds. The error is an
// Unauthenticated fault that does not say what was wrong with it.
func (a *Authenticator) Authenticate(token string) (Identity, error) {
	if a.tokens != nil {
		hash := sha256.Sum256([]byte(token))
		if who, ok := a.tokens.now()[hash]; ok {
			who.Withdrawn = func() bool { return !a.stands(hash, who) }
			return who, nil
		}
	}
	if a.signed != nil && len(token) <= maxToken {
		if who, err := a.signed.now().verify(token); err == nil {
			return who, nil
		}
	}
	if token == "" {
		return Identity{}, fault.Errorf(fault.Unauthenticated, "This server asks callers who they are.").
			Hint("Send the header Authorization: Bearer <token>; on a socket send {\"authorization\": \"Bearer <token>\"} with connection_init.")
	}
	return Identity{}, fault.Errorf(fault.Unauthenticated, "The token is not known here, or has expired.").Hint("Get a new one.")
}

// stands is true while the file has the token, for the same caller with the same
// roles.
func (a *Authenticator) stands(hash [sha256.Size]byte, who Identity) bool {
	now, ok := a.tokens.now()[hash]
	return ok && now.Name == who.Name && slices.Equal(now.Roles, who.Roles)
}

// Bearer is the token in the value of an Authorization header, empty without
// one.
func Bearer(header string) string {
	scheme, token, _ := strings.Cut(strings.TrimSpace(header), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}

// shortest token that is worth having.
const minToken = 16

// readTokens reads lines of token, name and roles. A token is kept as its hash,
// and may be written as one.
func readTokens(path string) (map[[sha256.Size]byte]Identity, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	tokens := map[[sha256.Size]byte]Identity{}
	lines := bufio.NewScanner(file)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		hash, who, err := parseToken(line)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		if _, taken := tokens[hash]; taken {
			return nil, fmt.Errorf("line %d: this token stands there twice", n)
		}
		tokens[hash] = who
	}
	if err := lines.Err(); err != nil {
		return nil, err
	}
	if len(tokens) == 0 {
		return nil, fmt.Errorf("%s has no tokens", path)
	}
	return tokens, nil
}

func parseToken(line string) (hash [sha256.Size]byte, who Identity, err error) {
	fields := strings.Fields(line)
	if len(fields) < 2 || len(fields) > 3 || !utf8.ValidString(line) {
		return hash, who, fmt.Errorf("write a token, a name and, where there are any, roles separated by commas")
	}
	switch written, hashed := strings.CutPrefix(fields[0], "sha256:"); {
	case hashed:
		sum, err := hex.DecodeString(written)
		if err != nil || len(sum) != len(hash) {
			return hash, who, fmt.Errorf("sha256: is followed by 64 hexadecimal digits")
		}
		copy(hash[:], sum)
	case len(fields[0]) < minToken:
		return hash, who, fmt.Errorf("a token has at least %d characters", minToken)
	default:
		hash = sha256.Sum256([]byte(fields[0]))
	}
	who.Name = fields[1]
	if len(fields) == 3 {
		who.Roles = strings.Split(fields[2], ",")
	}
	return hash, who, nil
}
