// Package credential encrypts what connections log in with. A message is
// OpenPGP with a passphrase, made here so that no key is ever sent to
// PostgreSQL, whose own log could show it; pgcrypto's pgp_sym_decrypt opens it
// when this server is gone.
package credential

import (
	"bytes"
	"crypto"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/packet"
	"github.com/ProtonMail/go-crypto/openpgp/s2k"
	"github.com/augmentedos/graph/internal/fault"
)

// Keyring holds the keys of this server. The first encrypts; the others open
// what was encrypted before they were replaced. A nil one has none.
type Keyring struct{ keys []key }

type key struct {
	id         string
	passphrase []byte
}

var keyID = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

// ErrKey is the form a key must have. Neither it nor any other error of this
// package repeats one.
var ErrKey = errors.New("a key is at least 32 bytes in base64 (openssl rand -base64 32), with id: before it where several are used")

// Parse reads keys separated by commas, each as base64 or as id:base64. A key
// without an id is known by the start of its hash. Text without keys is nil.
func Parse(text string) (*Keyring, error) {
	ring := &Keyring{}
	for part := range strings.SplitSeq(text, ",") {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		k, err := parseKey(part)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(ring.keys, func(other key) bool { return other.id == k.id }) {
			return nil, fmt.Errorf("two keys have the id %s", k.id)
		}
		ring.keys = append(ring.keys, k)
	}
	if len(ring.keys) == 0 {
		return nil, nil
	}
	return ring, nil
}

func parseKey(text string) (key, error) {
	id, secret, named := strings.Cut(text, ":")
	if !named {
		id, secret = "", text
	}
	raw, err := base64.StdEncoding.DecodeString(secret)
	if err != nil || len(raw) < 32 || named && !keyID.MatchString(id) {
		return key{}, ErrKey
	}
	if !named {
		sum := sha256.Sum256([]byte(secret))
		id = hex.EncodeToString(sum[:4])
	}
	return key{id: id, passphrase: []byte(secret)}, nil
}

// Current is the id of the key that encrypts, empty without one.
func (r *Keyring) Current() string {
	if r == nil {
		return ""
	}
	return r.keys[0].id
}

// settings are what pgcrypto reads, too. The passphrase is random and long, so
// stretching it would only cost time. Each message gets its own: the library
// writes into what it is given.
func settings() *packet.Config {
	return &packet.Config{
		DefaultCipher: packet.CipherAES256,
		DefaultHash:   crypto.SHA256,
		S2KConfig:     &s2k.Config{S2KMode: s2k.IteratedSaltedS2K, Hash: crypto.SHA256, S2KCount: 65536},
	}
}

// Seal encrypts plaintext with the current key. Without a key that is an
// Unavailable fault with the remedy.
func (r *Keyring) Seal(plaintext []byte) ([]byte, error) {
	if r == nil {
		return nil, fault.Errorf(fault.Unavailable, "this server has no key to encrypt credentials with").
			Hint("its operator sets AOS_CREDENTIALS_KEY, such as to the output of `openssl rand -base64 32`, and restarts it")
	}
	var message bytes.Buffer
	w, err := openpgp.SymmetricallyEncrypt(&message, r.keys[0].passphrase, nil, settings())
	if err != nil {
		return nil, fmt.Errorf("encrypting credentials: %w", err)
	}
	if _, err := w.Write(plaintext); err != nil {
		return nil, fmt.Errorf("encrypting credentials: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("encrypting credentials: %w", err)
	}
	return message.Bytes(), nil
}

// Open decrypts a message with the key it names, or with whichever fits when it
// names none, as imported ones may.
func (r *Keyring) Open(message []byte, id string) ([]byte, error) {
	if r == nil {
		return nil, errors.New("there is no key to decrypt credentials with")
	}
	for _, k := range r.keys {
		if id != "" && k.id != id {
			continue
		}
		if plaintext, err := k.open(message); err == nil {
			return plaintext, nil
		}
	}
	return nil, fmt.Errorf("no key of this server opens the message (it names key %q)", id)
}

func (k key) open(message []byte) ([]byte, error) {
	asked := false
	prompt := func([]openpgp.Key, bool) ([]byte, error) {
		if asked { // the library asks until it is satisfied
			return nil, errors.New("the key does not fit")
		}
		asked = true
		return k.passphrase, nil
	}
	details, err := openpgp.ReadMessage(bytes.NewReader(message), nil, prompt, settings())
	if err != nil {
		return nil, err
	}
	return io.ReadAll(details.UnverifiedBody) // its last read fails when the message was altered
}
