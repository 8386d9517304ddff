package credential_test

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/augmentedos/graph/internal/credential"
	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/testdb"
	"github.com/stretchr/testify/require"
)

func TestMain(m *testing.M) { testdb.Main(m) }

func secret(fill string) string {
	return base64.StdEncoding.EncodeToString([]byte(strings.Repeat(fill, 32)))
}

func ring(t *testing.T, text string) *credential.Keyring {
	t.Helper()
	r, err := credential.Parse(text)
	require.NoError(t, err)
	return r
}

const plain = `{"apikey":{"key":"ключ","secret":"canary"}}`

func TestManySealAndOpenAtTheSameTime(t *testing.T) {
	t.Parallel()
	r := ring(t, "new:"+secret("a"))
	var wait sync.WaitGroup
	for range 16 {
		wait.Go(func() {
			sealed, err := r.Seal([]byte(plain))
			if err != nil {
				t.Error(err)
				return
			}
			if opened, err := r.Open(sealed, "new"); err != nil || string(opened) != plain {
				t.Errorf("opened %q: %v", opened, err)
			}
		})
	}
	wait.Wait()
}

func TestAMessageIsOpenedWithItsKeyOnly(t *testing.T) {
	t.Parallel()
	r := ring(t, "new:"+secret("a")+", old:"+secret("b"))
	require.Equal(t, "new", r.Current())
	sealed, err := r.Seal([]byte(plain))
	require.NoError(t, err)
	require.NotContains(t, string(sealed), "canary")
	again, err := r.Seal([]byte(plain))
	require.NoError(t, err)
	require.NotEqual(t, sealed, again, "equal credentials are not seen to be equal")
	for _, id := range []string{"new", ""} {
		opened, err := r.Open(sealed, id)
		require.NoError(t, err)
		require.Equal(t, plain, string(opened))
	}
	_, err = r.Open(sealed, "old")
	require.ErrorContains(t, err, `it names key "old"`)
	_, err = ring(t, secret("c")).Open(sealed, "")
	require.Error(t, err)
	sealed[len(sealed)-3] ^= 1
	_, err = r.Open(sealed, "new")
	require.Error(t, err, "an altered message is refused")
}

func TestAnOldKeyStillOpensAfterItWasReplaced(t *testing.T) {
	t.Parallel()
	old := ring(t, "old:"+secret("b"))
	sealed, err := old.Seal([]byte(plain))
	require.NoError(t, err)
	opened, err := ring(t, "new:"+secret("a")+",old:"+secret("b")).Open(sealed, old.Current())
	require.NoError(t, err)
	require.Equal(t, plain, string(opened))
}

func TestPostgreSQLOpensAMessageByHand(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	sealed, err := ring(t, secret("a")).Seal([]byte(plain))
	require.NoError(t, err)
	var opened string
	require.NoError(t, db.QueryRow(t.Context(), "select pgp_sym_decrypt($1, $2)", sealed, secret("a")).Scan(&opened))
	require.Equal(t, plain, opened)
}

func TestPostgreSQLsOwnMessageIsOpened(t *testing.T) {
	t.Parallel()
	var sealed []byte
	require.NoError(t, testdb.New(t).QueryRow(t.Context(), "select pgp_sym_encrypt($1, $2, 'cipher-algo=aes256')", plain, secret("a")).Scan(&sealed))
	opened, err := ring(t, secret("a")).Open(sealed, "")
	require.NoError(t, err)
	require.Equal(t, plain, string(opened))
}

func TestWithoutAKeyTheErrorSaysWhatToSet(t *testing.T) {
	t.Parallel()
	none := ring(t, " ")
	require.Nil(t, none)
	require.Empty(t, none.Current())
	_, err := none.Seal([]byte(plain))
	var f *fault.Fault
	require.ErrorAs(t, err, &f)
	require.Equal(t, fault.Unavailable, f.Code)
	require.Contains(t, f.Remedy, "AOS_CREDENTIALS_KEY")
	_, err = none.Open(nil, "")
	require.Error(t, err)
}

func TestAKeyThatIsNoneIsNotRepeated(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"s3cret", "id:s3cret", "bad id:" + secret("a"), base64.StdEncoding.EncodeToString([]byte("short")), "a:" + secret("a") + ",a:" + secret("b")} {
		_, err := credential.Parse(text)
		require.Error(t, err, text)
		require.NotContains(t, err.Error(), "s3cret")
		require.NotContains(t, err.Error(), secret("a"))
	}
}

func TestTheKeyFileIsMadeOnceForItsOwnerOnly(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first, err := credential.KeyFile(dir)
	require.NoError(t, err)
	second, err := credential.KeyFile(dir)
	require.NoError(t, err)
	require.Equal(t, first.Current(), second.Current())
	path := filepath.Join(dir, "credentials.key")
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 1)

	require.NoError(t, os.Chmod(path, 0o640))
	_, err = credential.KeyFile(dir)
	require.ErrorContains(t, err, "can be read by others")
	require.NoError(t, os.Chmod(path, 0o600))
	require.NoError(t, os.WriteFile(path, []byte("s3cret"), 0o600))
	_, err = credential.KeyFile(dir)
	require.Error(t, err)
	require.NotContains(t, err.Error(), "s3cret")
	_, err = credential.KeyFile(filepath.Join(dir, "nowhere"))
	require.Error(t, err)
}
