package nodeid_test

import (
	"bytes"
	"sort"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/augmentedos/graph/graph/nodeid"
	"github.com/augmentedos/graph/internal/fault"
)

func TestTheIdIsTheTypeIDFormOfTheUUID(t *testing.T) {
	t.Parallel()
	// Vectors of the TypeID specification.
	for want, raw := range map[string]string{
		"prefix_00000000000000000000000000":  "00000000-0000-0000-0000-000000000000",
		"prefix_00000000000000000000000001":  "00000000-0000-0000-0000-000000000001",
		"prefix_0000000000000000000000000a":  "00000000-0000-0000-0000-00000000000a",
		"prefix_0000000000000000000000000g":  "00000000-0000-0000-0000-000000000010",
		"prefix_00000000000000000000000010":  "00000000-0000-0000-0000-000000000020",
		"prefix_7zzzzzzzzzzzzzzzzzzzzzzzzz":  "ffffffff-ffff-ffff-ffff-ffffffffffff",
		"prefix_0123456789abcdefghjkmnpqrs":  "0110c853-1d09-52d8-d73e-1194e95b5f19",
		"prefix_01h455vb4pex5vsknk084sn02q":  "01890a5d-ac96-774b-bcce-b302099a8057",
		"pre_fix_00000000000000000000000000": "00000000-0000-0000-0000-000000000000",
	} {
		prefix, id, err := nodeid.Decode(want)
		require.NoError(t, err, want)
		require.Equal(t, raw, id.String())
		require.Equal(t, want, nodeid.Encode(prefix, id))
	}
}

func TestIdsSortLikeTheirUUIDs(t *testing.T) {
	t.Parallel()
	ids := make([]uuid.UUID, 200)
	for i := range ids {
		ids[i] = uuid.New()
	}
	sort.Slice(ids, func(i, j int) bool { return bytes.Compare(ids[i][:], ids[j][:]) < 0 })
	require.True(t, sort.SliceIsSorted(ids, func(i, j int) bool {
		return nodeid.Encode("wfi", ids[i]) < nodeid.Encode("wfi", ids[j])
	}))
}

func TestWhatWasNotWrittenByUsIsRefused(t *testing.T) {
	t.Parallel()
	for _, s := range []string{
		"", "_", "wfi", "wfi_", "_01h455vb4pex5vsknk084sn02q", "01h455vb4pex5vsknk084sn02q",
		"wfi_01h455vb4pex5vsknk084sn02", "wfi_01h455vb4pex5vsknk084sn02qq",
		"wfi_81h455vb4pex5vsknk084sn02q", "wfi_01H455VB4PEX5VSKNK084SN02Q",
		"wfi_01h455vb4pex5vsknk084sn0il", "wfi_01h455vb4pex5vsknk084sn0ou",
		"WFI_01h455vb4pex5vsknk084sn02q", "wf1_01h455vb4pex5vsknk084sn02q",
		"wfi__01h455vb4pex5vsknk084sn02q", " wfi_01h455vb4pex5vsknk084sn02q",
		"wfi_01h455vb4pex5vsknk084sn\x002", strings.Repeat("a", 64) + "_01h455vb4pex5vsknk084sn02q",
	} {
		_, _, err := nodeid.Decode(s)
		require.Error(t, err, "%q", s)
		require.Equal(t, fault.BadUserInput, fault.CodeOf(err))
	}
}

func FuzzDecodeAcceptsOnlyWhatEncodeWrites(f *testing.F) {
	f.Add("wfi_01h455vb4pex5vsknk084sn02q")
	f.Add("wfi_7zzzzzzzzzzzzzzzzzzzzzzzzz")
	f.Add("a__0")
	f.Fuzz(func(t *testing.T, s string) {
		prefix, id, err := nodeid.Decode(s)
		if err == nil && nodeid.Encode(prefix, id) != s {
			t.Fatalf("%q decodes but encodes to %q", s, nodeid.Encode(prefix, id))
		}
	})
}

func FuzzEveryUUIDComesBack(f *testing.F) {
	f.Add([]byte("0123456789abcdef"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		var id uuid.UUID
		copy(id[:], raw)
		_, got, err := nodeid.Decode(nodeid.Encode("evi", id))
		if err != nil || got != id {
			t.Fatalf("%v came back as %v, %v", id, got, err)
		}
	})
}
