package instance

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"time"

	"github.com/augmentedos/graph/graph/scalar"
	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/repository"
)

// SetCredentials encrypts what a connection logs in with; without a document it
// forgets it. expires is when the credentials stop working; tokens that say so
// themselves need none.
func (c *Connections) SetCredentials(ctx context.Context, target Target, plaintext scalar.JSON, expires *time.Time) (changed *model.IntegrationInstance, err error) {
	if len([]rune(target.Reason)) > maxReason {
		return nil, sentence(target.Reason)
	}
	reason := map[bool]string{true: "credentials removed", false: "credentials set"}[plaintext == nil]
	var sealed []byte
	if plaintext != nil {
		if err := fits("integration_instances", "credentials", plaintext, "/credentials"); err != nil {
			return nil, err
		}
		if sealed, err = c.seal(plaintext); err != nil {
			return nil, err
		}
	}
	err = c.Writer.Do(ctx, target.because(reason), func(ctx context.Context, tx *repository.Tx) error {
		row, err := repository.Lock(ctx, tx, repository.IntegrationInstances, target.ID, target.Expected)
		if err != nil {
			return err
		}
		values := repository.Values{"credentials": nil, "credentials_meta": nil}
		if plaintext != nil {
			meta, err := c.describe(ctx, tx, row, plaintext, expires)
			if err != nil {
				return err
			}
			values = repository.Values{"credentials": sealed, "credentials_meta": meta}
		}
		changed, err = repository.Update(ctx, tx, repository.IntegrationInstances, target.ID, nil, values)
		return err
	})
	return changed, err
}

func (c *Connections) seal(plaintext scalar.JSON) ([]byte, error) {
	var compact bytes.Buffer
	if err := json.Compact(&compact, plaintext); err != nil {
		return nil, fault.Errorf(fault.Validation, "the credentials are no JSON").At("/credentials") // the parser's words could quote them
	}
	return c.Keys.Seal(compact.Bytes())
}

// describe is what may be known about credentials. They are of the one kind the
// integration asks for.
func (c *Connections) describe(ctx context.Context, tx *repository.Tx, row *model.IntegrationInstance, plaintext scalar.JSON, expires *time.Time) (scalar.JSON, error) {
	definition, err := definitionOf(ctx, tx, row)
	if err != nil {
		return nil, err
	}
	kind := string(definition.AuthType)
	var d document
	if json.Unmarshal(plaintext, &d) != nil || len(d) != 1 || d[kind] == nil {
		return nil, fault.Errorf(fault.Validation, "%s takes credentials of the kind %s and no other", definition.IntegrationID, kind).
			At("/credentials").Hint(`write {"%s": {…}}`, kind)
	}
	return c.facts(kind, d[kind], expires, tx.Now())
}

// facts are what may be known about credentials of a kind.
func (c *Connections) facts(kind string, credentials json.RawMessage, expires *time.Time, now time.Time) (scalar.JSON, error) {
	if expires == nil {
		expires = tokenExpiry(credentials)
	}
	facts := map[string]any{"type": kind, "updatedAt": stamp(now), "keyId": c.Keys.Current()}
	if expires != nil {
		facts["expiresAt"] = stamp(*expires)
	}
	doc, err := json.Marshal(facts)
	return doc, err
}

// Seal encrypts credentials that came in clear from elsewhere, of whatever kind
// they are, and describes them.
func (c *Connections) Seal(plaintext []byte) (message, meta []byte, err error) {
	var d document
	if json.Unmarshal(plaintext, &d) != nil || len(d) != 1 {
		return nil, nil, fault.Errorf(fault.Validation, "credentials are an object with one key, their kind")
	}
	if message, err = c.seal(plaintext); err != nil {
		return nil, nil, err
	}
	for kind, credentials := range d {
		meta, err = c.facts(kind, credentials, nil, c.Writer.Store.Now())
	}
	return message, meta, err
}

// tokenExpiry is when a token says it ends: a moment, or seconds since 1970.
func tokenExpiry(credentials json.RawMessage) *time.Time {
	var token struct {
		ExpiresAt any `json:"expires_at"`
	}
	if json.Unmarshal(credentials, &token) != nil {
		return nil
	}
	switch at := token.ExpiresAt.(type) {
	case string:
		if t, err := time.Parse(time.RFC3339, at); err == nil {
			return &t
		}
	case float64:
		const year9999 = 253402300800
		if at > 0 && at < year9999 {
			t := time.Unix(int64(math.Trunc(at)), 0)
			return &t
		}
	}
	return nil
}

// Rotate encrypts with the current key whatever another key encrypted, in
// batches that each commit, so that one that was stopped goes on where it was.
// progress hears how many are done, of how many at the start.
func (c *Connections) Rotate(ctx context.Context, progress func(done, total int)) error {
	if c.Keys == nil {
		_, err := c.Keys.Seal(nil) // says what is missing
		return err
	}
	total, err := c.Writer.Store.CountSealed(ctx, c.Keys.Current())
	if err != nil {
		return err
	}
	for done := 0; ; {
		progress(done, total)
		n, err := c.rotateBatch(ctx)
		if err != nil || n == 0 {
			return err
		}
		done += n
	}
}

const rotateBatch = 100

func (c *Connections) rotateBatch(ctx context.Context) (n int, err error) {
	err = c.Writer.Do(ctx, "encrypted with key "+c.Keys.Current(), func(ctx context.Context, tx *repository.Tx) error {
		batch, err := tx.LockSealed(ctx, c.Keys.Current(), rotateBatch)
		if err != nil {
			return err
		}
		for i, one := range batch {
			plaintext, err := c.Keys.Open(one.Message, one.KeyID)
			if err != nil {
				return fault.Wrap(err, fault.Unavailable, fmt.Sprintf("the credentials of %s cannot be decrypted: %v", one.InstanceID, err)).
					Hint("add that key to AOS_CREDENTIALS_KEY, or set the credentials anew; what was done so far stays done")
			}
			if batch[i].Message, err = c.Keys.Seal(plaintext); err != nil {
				return err
			}
		}
		n = len(batch)
		return tx.Reseal(ctx, c.Keys.Current(), batch)
	})
	return n, err
}
