package auth_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"log/slog"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/augmentedos/graph/internal/auth"
	"github.com/augmentedos/graph/internal/fault"
	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"
)

func file(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

const token = "a-token-of-some-length"

func TestATokenNamesItsCaller(t *testing.T) {
	t.Parallel()
	other := "another-token-of-some-length"
	a, err := auth.New(auth.Options{TokensFile: file(t, "# people\n\n"+token+" ann admin,approvers\n  sha256:"+fmt.Sprintf("%x", sha256.Sum256([]byte(other)))+"  bob\n")})
	require.NoError(t, err)
	who, err := a.Authenticate(token)
	require.NoError(t, err)
	require.Equal(t, "ann", who.Name)
	require.Equal(t, []string{"admin", "approvers"}, who.Roles)
	who, err = a.Authenticate(other)
	require.NoError(t, err)
	require.Equal(t, "bob", who.Name)
	require.Empty(t, who.Roles)
	for _, wrong := range []string{"", "x", token + "x", token[1:], fmt.Sprintf("sha256:%x", sha256.Sum256([]byte(other)))} {
		_, err := a.Authenticate(wrong)
		require.Equal(t, fault.Unauthenticated, fault.CodeOf(err), wrong)
	}
}

func TestATokenFileThatIsWrongIsToldWithoutItsTokens(t *testing.T) {
	t.Parallel()
	for text, says := range map[string]string{
		"":                                      "has no tokens",
		"# none":                                "has no tokens",
		"short-s3cret ann":                      "line 1: a token has at least 16",
		"a-long-enough-s3cret":                  "line 1: write a token, a name",
		"a-long-enough-s3cret ann admin extra":  "line 1: write a token, a name",
		"sha256:s3cret ann":                     "line 1: sha256: is followed",
		token + " ann\n\n" + token + " bob rol": "line 3: this token stands there twice",
	} {
		_, err := auth.New(auth.Options{TokensFile: file(t, text)})
		require.ErrorContains(t, err, says)
		require.NotContains(t, err.Error(), "s3cret")
		require.NotContains(t, err.Error(), token)
	}
	_, err := auth.New(auth.Options{TokensFile: "/nowhere"})
	require.ErrorContains(t, err, "AOS_AUTH_TOKENS_FILE")
}

func TestTheHeaderHasABearerToken(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]string{"Bearer x": "x", "bearer  x ": "x", "Basic x": "", "x": "", "": "", "Bearer": ""} {
		require.Equal(t, want, auth.Bearer(header), header)
	}
}

// signer makes tokens with one key.
type signer struct {
	method jwt.SigningMethod
	key    any
}

func (s signer) sign(t *testing.T, kid string, claims jwt.MapClaims) string {
	t.Helper()
	made := jwt.NewWithClaims(s.method, claims)
	if kid != "" {
		made.Header["kid"] = kid
	}
	text, err := made.SignedString(s.key)
	require.NoError(t, err)
	return text
}

func claims(change func(jwt.MapClaims)) jwt.MapClaims {
	c := jwt.MapClaims{"sub": "ann", "iss": "us", "aud": "graph", "exp": time.Now().Add(time.Hour).Unix(), "roles": []string{"operator"}}
	if change != nil {
		change(c)
	}
	return c
}

func url(n *big.Int) string { return base64.RawURLEncoding.EncodeToString(n.Bytes()) }

func TestASignedTokenNamesItsCallerUntilItExpires(t *testing.T) {
	t.Parallel()
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	ecKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	secret := strings.Repeat("s3cret", 6)
	public := func(key any) string {
		der, err := x509.MarshalPKIXPublicKey(key)
		require.NoError(t, err)
		return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
	}
	point := base64.RawURLEncoding.EncodeToString
	raw, err := ecKey.PublicKey.ECDH()
	require.NoError(t, err)
	x, y := raw.Bytes()[1:33], raw.Bytes()[33:]
	set := `{"keys": [{"kty": "RSA", "kid": "r", "use": "sig", "n": "` + url(rsaKey.N) + `", "e": "AQAB"},
		{"kty": "EC", "kid": "e", "crv": "P-256", "x": "` + point(x) + `", "y": "` + point(y) + `"}, {"kty": "OKP"}]}`
	hmac, rs, es := signer{jwt.SigningMethodHS256, []byte(secret)}, signer{jwt.SigningMethodRS256, rsaKey}, signer{jwt.SigningMethodES256, ecKey}
	for _, c := range []struct {
		keys, kid string
		by        signer
	}{{secret, "", hmac}, {public(&rsaKey.PublicKey), "", rs}, {public(&ecKey.PublicKey), "any", es}, {set, "r", rs}, {set, "e", es}, {set, "", es}} {
		a, err := auth.New(auth.Options{KeysFile: file(t, c.keys), Issuer: "us", Audience: "graph", RolesClaim: "roles"})
		require.NoError(t, err)
		who, err := a.Authenticate(c.by.sign(t, c.kid, claims(nil)))
		require.NoError(t, err)
		require.Equal(t, "ann operator", who.Name+" "+strings.Join(who.Roles, " "))
		require.WithinDuration(t, time.Now().Add(time.Hour), who.Expires, time.Minute)
		for name, bad := range map[string]string{
			"expired":      c.by.sign(t, c.kid, claims(func(m jwt.MapClaims) { m["exp"] = time.Now().Add(-time.Hour).Unix() })),
			"for ever":     c.by.sign(t, c.kid, claims(func(m jwt.MapClaims) { delete(m, "exp") })),
			"not yet":      c.by.sign(t, c.kid, claims(func(m jwt.MapClaims) { m["nbf"] = time.Now().Add(time.Hour).Unix() })),
			"of others":    c.by.sign(t, c.kid, claims(func(m jwt.MapClaims) { m["iss"] = "them" })),
			"for others":   c.by.sign(t, c.kid, claims(func(m jwt.MapClaims) { m["aud"] = "them" })),
			"of nobody":    c.by.sign(t, c.kid, claims(func(m jwt.MapClaims) { delete(m, "sub") })),
			"unsigned":     signer{jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType}.sign(t, c.kid, claims(nil)),
			"public HS256": signer{jwt.SigningMethodHS256, []byte(public(&rsaKey.PublicKey))}.sign(t, c.kid, claims(nil)),
			"other key":    signer{jwt.SigningMethodHS256, []byte(strings.Repeat("x", 40))}.sign(t, c.kid, claims(nil)),
		} {
			_, err := a.Authenticate(bad)
			require.Equal(t, fault.Unauthenticated, fault.CodeOf(err), name)
		}
	}
	a, err := auth.New(auth.Options{KeysFile: file(t, secret), RolesClaim: "scope"})
	require.NoError(t, err)
	who, err := a.Authenticate(hmac.sign(t, "", claims(func(m jwt.MapClaims) { m["scope"] = "worker builder" })))
	require.NoError(t, err)
	require.Equal(t, []string{"worker", "builder"}, who.Roles)
}

func TestKeysThatAreNoneAreToldWithoutThem(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"s3cret", `{"keys": []}`, `{"s3cret`, "-----BEGIN PUBLIC KEY-----\ns3cret\n-----END PUBLIC KEY-----", `{"keys": [{"kty": "RSA", "n": "AQAB", "e": "AQAB"}]}`, `{"keys": [{"kty": "EC", "crv": "P-256", "x": "AQAB", "y": "AQAB"}]}`} {
		_, err := auth.New(auth.Options{KeysFile: file(t, text)})
		require.ErrorContains(t, err, "AOS_AUTH_JWT_KEYS_FILE")
		require.NotContains(t, err.Error(), "s3cret")
	}
}

func TestAChangedFileHoldsWithoutARestart(t *testing.T) {
	t.Parallel()
	const first, second = "first-token-0123456789", "second-token-0123456789"
	path := file(t, first+" ann admin\n"+second+" bob\n")
	a, err := auth.New(auth.Options{TokensFile: path, Log: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	knows := func(token string) bool {
		_, err := a.Authenticate(token)
		return err == nil
	}
	require.True(t, knows(first) && knows(second))
	bob, err := a.Authenticate(second)
	require.NoError(t, err)
	require.False(t, bob.Gone())
	require.NoError(t, os.WriteFile(path, []byte(first+" ann admin\n"), 0o600))
	require.Eventually(t, func() bool { return !knows(second) }, 5*time.Second, 20*time.Millisecond, "a token that was revoked")
	require.True(t, bob.Gone(), "who came in with it goes")
	require.NoError(t, os.WriteFile(path, []byte("half a li"), 0o600))
	require.Never(t, func() bool { return !knows(first) }, 1500*time.Millisecond, 50*time.Millisecond, "what cannot be read changes nothing")
	replacement := file(t, second+" bob admin\n")
	require.NoError(t, os.Rename(replacement, path))
	require.Eventually(t, func() bool { return knows(second) && !knows(first) }, 5*time.Second, 20*time.Millisecond)
	require.NoError(t, os.Remove(path))
	require.Never(t, func() bool { return !knows(second) }, 1500*time.Millisecond, 50*time.Millisecond)
}
