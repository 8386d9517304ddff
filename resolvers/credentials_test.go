package resolvers_test

import (
	"encoding/base64"
	"testing"

	"github.com/augmentedos/graph/internal/auth"
	"github.com/augmentedos/graph/internal/credential"
	"github.com/augmentedos/graph/internal/instance"
	"github.com/augmentedos/graph/repository"
	"github.com/stretchr/testify/require"
)

func TestCredentialsAreWrittenAndNeverRead(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	id := o.connection("INACTIVE")
	known := func() map[string]any {
		var data struct {
			Node struct{ Credentials map[string]any }
		}
		require.Empty(t, o.send(ann, `{ node(id: "`+id+`") { ... on IntegrationInstance { credentials { configured type expiresAt keyId } } } }`, &data))
		return data.Node.Credentials
	}
	got := o.connected("SetCredentials", `id: "`+id+`", credentials: {apikey: {key: "canary", secret: "canary"}}, expiresAt: "2030-01-01T00:00:00Z", expectedRevision: 1, reason: "new contract"`)
	require.Empty(t, got.UserErrors)
	require.Equal(t, "new contract", got.Row.History[0].Reason)
	require.Equal(t, map[string]any{"configured": true, "type": "apikey", "expiresAt": "2030-01-01T00:00:00Z", "keyId": "k1"}, known())
	var opened string
	require.NoError(t, o.db.QueryRow(t.Context(), "select pgp_sym_decrypt(credentials, $1) from integration_instances", base64.StdEncoding.EncodeToString(make([]byte, 32))).Scan(&opened))
	require.Equal(t, `{"apikey":{"key":"canary","secret":"canary"}}`, opened)

	for input, path := range map[string]string{
		`credentials: "canary"`:                                  "/credentials",
		`credentials: {apikey: {key: 5}}`:                        "/credentials/apikey/key",
		`credentials: {apikey: {key: "canary", more: "canary"}}`: "/credentials/apikey/more",
		`credentials: {oauth2: {access_token: "canary"}}`:        "/credentials",
		`credentials: {}`:                                        "/credentials",
		`expiresAt: "2030-01-01T00:00:00Z"`:                      "/credentials",
	} {
		got := o.connected("SetCredentials", `id: "`+id+`", `+input)
		require.Nil(t, got.Row, input)
		require.Equal(t, path, got.UserErrors[0].Path, input)
	}
	require.Empty(t, o.connected("SetCredentials", `id: "`+id+`", credentials: null`).UserErrors)
	require.Equal(t, map[string]any{"configured": false, "type": nil, "expiresAt": nil, "keyId": nil}, known())
}

func TestATokenSaysItselfWhenItEnds(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	id := o.connection("INACTIVE")
	o.must(`update integration_definitions set status = 'deprecated'`)
	o.must(`insert into integration_definitions (integration_id, name, version, type, methods, auth_type, config_schema, status) values ('mail', 'Mail', '2.0.0', 'integration', '[]', 'oauth2', '{}', 'draft')`)
	o.must(`update integration_definitions set status = 'active' where status = 'draft'`)
	require.Empty(t, o.connected("Save", `id: "`+id+`", integrationId: "mail"`).UserErrors)
	for at, expires := range map[string]any{`1893456000`: "2030-01-01T00:00:00Z", `"2031-02-03T00:00:00Z"`: "2031-02-03T00:00:00Z", `"soon"`: nil, `-5`: nil, `1e300`: nil} {
		require.Empty(t, o.connected("SetCredentials", `id: "`+id+`", credentials: {oauth2: {access_token: "x", expires_at: `+at+`}}`).UserErrors)
		var data struct {
			Node struct{ Credentials struct{ ExpiresAt any } }
		}
		require.Empty(t, o.send(ann, `{ node(id: "`+id+`") { ... on IntegrationInstance { credentials { expiresAt } } } }`, &data))
		require.Equal(t, expires, data.Node.Credentials.ExpiresAt, at)
	}
}

func TestRotationEncryptsAnewWhatAnotherKeyEncrypted(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	const rows = 230
	var last string
	for range rows {
		last = o.connection("INACTIVE")
	}
	old, err := credential.Parse("k1:" + base64.StdEncoding.EncodeToString(make([]byte, 32)))
	require.NoError(t, err)
	sealed, err := old.Seal([]byte(`{"apikey":{"key":"canary"}}`))
	require.NoError(t, err)
	o.must(`update integration_instances set credentials = $1, credentials_meta = '{"type": "apikey", "keyId": "k1"}'`, sealed)
	require.Empty(t, o.connected("SetCredentials", `id: "`+last+`", credentials: null`).UserErrors)

	next := base64.StdEncoding.EncodeToString([]byte("another key of thirty-two bytes!"))
	rotate := func(keys string) (steps [][2]int, err error) {
		ring, err := credential.Parse(keys)
		require.NoError(t, err)
		c := &instance.Connections{Writer: &repository.Writer{Store: repository.NewStore(o.db), DB: o.db}, Keys: ring}
		err = c.Rotate(auth.With(t.Context(), ann), func(done, total int) { steps = append(steps, [2]int{done, total}) })
		return steps, err
	}
	_, err = rotate("k2:" + next)
	require.ErrorContains(t, err, "cannot be decrypted")
	steps, err := rotate("k2:" + next + ",k1:" + base64.StdEncoding.EncodeToString(make([]byte, 32)))
	require.NoError(t, err)
	require.Equal(t, [][2]int{{0, rows - 1}, {100, rows - 1}, {200, rows - 1}, {rows - 1, rows - 1}}, steps)
	steps, err = rotate("k2:" + next)
	require.NoError(t, err, "the old key is not needed any more")
	require.Equal(t, [][2]int{{0, 0}}, steps)
	var opened int
	require.NoError(t, o.db.QueryRow(t.Context(), `select count(*) from integration_instances where pgp_sym_decrypt(credentials, $1) = '{"apikey":{"key":"canary"}}' and credentials_meta ->> 'keyId' = 'k2'`, next).Scan(&opened))
	require.Equal(t, rows-1, opened)
}
