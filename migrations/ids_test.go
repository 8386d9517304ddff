package migrations_test

import (
	"os"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/augmentedos/graph/graph/nodeid"
)

func readFile(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	require.NoError(t, err)
	return string(text)
}

func TestTheDatabaseSpellsIdsLikeTheServer(t *testing.T) {
	t.Parallel()
	d := migrated(t)
	ids := []uuid.UUID{uuid.Nil, uuid.Max}
	for range 300 {
		ids = append(ids, uuid.New(), uuid.Must(uuid.NewV7()))
	}
	for _, id := range ids {
		spelled := one[string](d, `select aos_typeid('wfi', $1)`, id)
		require.Equal(t, nodeid.Encode("wfi", id), spelled)
		require.Equal(t, id, uuid.UUID(one[[16]byte](d, `select aos_uuid_of($1)`, spelled)))
		require.Equal(t, id, uuid.UUID(one[[16]byte](d, `select aos_uuid_of($1)`, id.String())))
	}
	for _, other := range []string{"", "order-17", "wfi_8zzzzzzzzzzzzzzzzzzzzzzzzz", "wfi_0000000000000000000000000u", "wfi_0"} {
		assert.Nil(t, one[*[16]byte](d, `select aos_uuid_of($1)`, other), other)
	}
}

func TestAnIdTellsWhenItsRowWasMade(t *testing.T) {
	t.Parallel()
	d := migrated(t)
	minted := uuid.Must(uuid.NewV7())
	sec, nsec := minted.Time().UnixTime()
	assert.Equal(t, time.Unix(sec, nsec).Truncate(time.Millisecond).UnixMilli(), one[time.Time](d, `select aos_uuid_time($1)`, minted).UnixMilli())
	assert.Nil(t, one[*time.Time](d, `select aos_uuid_time($1)`, uuid.New()))
	assert.True(t, one[bool](d, `select aos_id_agrees(aos_uuid_v7(), now()) and aos_id_agrees(aos_uuid_v7('2025-03-01 12:00:00.1239Z'), '2025-03-01 12:00:00.1231Z')`))
	assert.False(t, one[bool](d, `select aos_id_agrees(aos_uuid_v7('2025-03-01 12:00:00.123Z'), '2025-03-01 12:00:00.124Z')`))
	assert.Equal(t, uuid.Version(7), uuid.UUID(one[[16]byte](d, `select aos_uuid_v7()`)).Version())
	assert.Equal(t, uuid.RFC4122, uuid.UUID(one[[16]byte](d, `select aos_uuid_v7()`)).Variant())
	assert.True(t, one[bool](d, `select aos_uuid_floor(t) <= aos_uuid_v7(t) and aos_uuid_v7(t) < aos_uuid_floor(t + interval '1 ms') from (select now() as t) as n`))
}

func TestRowsOfOneTransactionSortAsTheyWereInserted(t *testing.T) {
	t.Parallel()
	d := migrated(t)
	d.exec(`begin`)
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		d.exec(`insert into event_sequences (name) values ($1)`, name)
	}
	d.exec(`commit`)
	assert.Equal(t, []string{"a", "b", "c", "d", "e"}, all[string](d, `select name from event_sequences order by id`))
}

func TestVersionsSortAsSemVerOrdersThem(t *testing.T) {
	t.Parallel()
	d := migrated(t)
	inOrder := []string{
		"0.0.9", "0.0.10", "1.0.0-0", "1.0.0-9", "1.0.0-10", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.2", "1.0.0-alpha.10", "1.0.0-alpha.beta",
		"1.0.0-alpha-x", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0", "1.0.1", "1.9.0", "1.10.0", "2.0.0-x", "2.0.0", "10.0.0",
		"123456789012345678901234567890.0.0",
	}
	for i := len(inOrder) - 1; i >= 0; i-- {
		d.exec(`insert into workflow_definitions (workflow_id, name, version) values ('w', 'W', $1)`, inOrder[i])
	}
	assert.Equal(t, inOrder, all[string](d, `select version from workflow_definitions where workflow_id = 'w' order by workflow_id, version_sort, id`))
	for _, wrong := range []string{"1", "1.0", "v1.0.0", "1.0.0-", "1.0.0-a..b", "1.0.0+build", " 1.0.0", ""} {
		assert.Equal(t, "workflow_definitions_version_is_semver", d.fails(`insert into workflow_definitions (workflow_id, name, version) values ('w', 'W', $1)`, wrong).ConstraintName, wrong)
	}
}
