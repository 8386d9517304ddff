package scalar

import (
	"encoding/hex"
	"io"

	"github.com/99designs/gqlgen/graphql"
	"github.com/google/uuid"

	"github.com/augmentedos/graph/internal/fault"
)

type uuidText uuid.UUID

func (u uuidText) MarshalGQL(w io.Writer) {
	emit(w, func(dst []byte) []byte { return AppendUUID(dst, uuid.UUID(u)) })
}

// AppendUUID writes a UUID in its 36 character form.
func AppendUUID(dst []byte, id uuid.UUID) []byte {
	var buf [38]byte
	buf[0], buf[9], buf[14], buf[19], buf[24], buf[37] = '"', '-', '-', '-', '-', '"'
	hex.Encode(buf[1:9], id[:4])
	hex.Encode(buf[10:14], id[4:6])
	hex.Encode(buf[15:19], id[6:8])
	hex.Encode(buf[20:24], id[8:10])
	hex.Encode(buf[25:37], id[10:])
	return append(dst, buf[:]...)
}

// MarshalUUID writes a UUID.
func MarshalUUID(id uuid.UUID) graphql.Marshaler { return uuidText(id) }

// UnmarshalUUID takes the 36 character form only: braces, URNs and the form
// without hyphens are refused, so that one row has one spelling.
func UnmarshalUUID(v any) (uuid.UUID, error) {
	s, ok := v.(string)
	if !ok {
		return uuid.Nil, refuse("a UUID", v)
	}
	if len(s) == 36 {
		if id, err := uuid.Parse(s); err == nil {
			return id, nil
		}
	}
	return uuid.Nil, fault.Errorf(fault.BadUserInput, "This is not a UUID of 36 characters.")
}
