package auth

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"os"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// signed verifies JSON Web Tokens. The key decides the algorithm, never the
// token.
type signed struct {
	keys   []signingKey
	parser *jwt.Parser
	roles  string
}

// signingKey verifies what one algorithm signed: a secret HS256, an RSA key
// RS256, a P-256 key ES256.
type signingKey struct {
	id  string // kid; empty = any
	alg string
	key any
}

func newSigned(o Options) (*signed, error) {
	text, err := os.ReadFile(o.KeysFile)
	if err != nil {
		return nil, err
	}
	keys, err := readKeys(text)
	if err != nil {
		return nil, err
	}
	s := &signed{keys: keys, roles: o.RolesClaim}
	rules := []jwt.ParserOption{jwt.WithValidMethods([]string{"HS256", "RS256", "ES256"}), jwt.WithExpirationRequired(), jwt.WithLeeway(30 * time.Second), jwt.WithIssuedAt()}
	if o.Issuer != "" {
		rules = append(rules, jwt.WithIssuer(o.Issuer))
	}
	if o.Audience != "" {
		rules = append(rules, jwt.WithAudience(o.Audience))
	}
	s.parser = jwt.NewParser(rules...)
	return s, nil
}

// verify is who a token names, if one of the keys signed it.
func (s *signed) verify(token string) (Identity, error) {
	claims := jwt.MapClaims{}
	if _, err := s.parser.ParseWithClaims(token, claims, s.keyOf); err != nil {
		return Identity{}, err
	}
	name, err := claims.GetSubject()
	if err != nil || strings.TrimSpace(name) == "" {
		return Identity{}, errors.New("the token names nobody")
	}
	expires, err := claims.GetExpirationTime()
	if err != nil {
		return Identity{}, err
	}
	return Identity{Name: name, Roles: rolesIn(claims[s.roles]), Expires: expires.Time}, nil
}

// keyOf finds the keys that may have signed a token.
func (s *signed) keyOf(token *jwt.Token) (any, error) {
	id, _ := token.Header["kid"].(string)
	var set jwt.VerificationKeySet
	for _, k := range s.keys {
		if k.alg == token.Method.Alg() && (id == "" || k.id == "" || k.id == id) {
			set.Keys = append(set.Keys, k.key)
		}
	}
	if len(set.Keys) == 0 {
		return nil, errors.New("no key fits")
	}
	return set, nil
}

// rolesIn reads a list, or words separated by spaces.
func rolesIn(claim any) (roles []string) {
	switch c := claim.(type) {
	case string:
		return strings.Fields(c)
	case []any:
		for _, one := range c {
			if role, ok := one.(string); ok {
				roles = append(roles, role)
			}
		}
	}
	return roles
}

// readKeys reads a set of JSON Web Keys, a public key in PEM, or else a secret.
func readKeys(text []byte) ([]signingKey, error) {
	switch trimmed := strings.TrimSpace(string(text)); {
	case strings.HasPrefix(trimmed, "{"):
		return readKeySet(text)
	case strings.HasPrefix(trimmed, "-----BEGIN"):
		if key, err := jwt.ParseRSAPublicKeyFromPEM(text); err == nil {
			return []signingKey{{alg: "RS256", key: key}}, nil
		}
		if key, err := jwt.ParseECPublicKeyFromPEM(text); err == nil && key.Curve == elliptic.P256() {
			return []signingKey{{alg: "ES256", key: key}}, nil
		}
		return nil, errors.New("the PEM holds no public key of RSA or P-256")
	case len(trimmed) < 32:
		return nil, errors.New("a secret has at least 32 characters")
	default:
		return []signingKey{{alg: "HS256", key: []byte(trimmed)}}, nil
	}
}

// webKey is the part of a JSON Web Key that verifying needs.
type webKey struct {
	Type  string `json:"kty"`
	ID    string `json:"kid"`
	Use   string `json:"use"`
	Curve string `json:"crv"`
	N     number `json:"n"`
	E     number `json:"e"`
	X     number `json:"x"`
	Y     number `json:"y"`
}

// number is an integer in base64url, big-endian.
type number struct{ *big.Int }

// UnmarshalJSON implements json.Unmarshaler.
func (n *number) UnmarshalJSON(text []byte) error {
	var encoded string
	if err := json.Unmarshal(text, &encoded); err != nil {
		return err
	}
	raw, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(encoded, "="))
	n.Int = new(big.Int).SetBytes(raw)
	return err
}

// readKeySet reads the public keys of a set. Keys for encryption and of kinds
// that are not known are left out.
func readKeySet(text []byte) (keys []signingKey, err error) {
	var set struct {
		Keys []webKey `json:"keys"`
	}
	if json.Unmarshal(text, &set) != nil {
		return nil, errors.New("this is no set of JSON Web Keys")
	}
	for i, k := range set.Keys {
		if k.Use == "enc" {
			continue
		}
		switch {
		case k.Type == "RSA" && k.N.Int != nil && k.E.Int != nil && k.E.IsInt64():
			if k.N.BitLen() < 2048 {
				return nil, fmt.Errorf("key %d is shorter than 2048 bits", i)
			}
			keys = append(keys, signingKey{k.ID, "RS256", &rsa.PublicKey{N: k.N.Int, E: int(k.E.Int64())}})
		case k.Type == "EC" && k.Curve == "P-256" && k.X.Int != nil && k.Y.Int != nil:
			point := make([]byte, 65)
			if point[0] = 4; k.X.BitLen() > 256 || k.Y.BitLen() > 256 {
				return nil, fmt.Errorf("key %d is not on its curve", i)
			}
			k.X.FillBytes(point[1:33])
			k.Y.FillBytes(point[33:])
			key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point)
			if err != nil {
				return nil, fmt.Errorf("key %d is not on its curve", i)
			}
			keys = append(keys, signingKey{k.ID, "ES256", key})
		}
	}
	if len(keys) == 0 {
		return nil, errors.New("the set has no public key of RSA or P-256")
	}
	return keys, nil
}
