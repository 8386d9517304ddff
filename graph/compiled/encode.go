package compiled

import (
	"encoding/binary"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/augmentedos/graph/graph/scalar"
	"github.com/augmentedos/graph/internal/model"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgtype"
)

// encoder writes a column's bytes as PostgreSQL sent them, in the given wire
// format, as JSON.
type encoder func(dst, raw []byte, format int16) ([]byte, error)

// encoders by the Go type that holds the column on the general path; both paths
// end in the same append functions of package scalar.
var encoders = map[reflect.Type]encoder{
	reflect.TypeFor[string]():      appendText,
	reflect.TypeFor[*string]():     appendText,
	reflect.TypeFor[uuid.UUID]():   appendUUID,
	reflect.TypeFor[*uuid.UUID]():  appendUUID,
	reflect.TypeFor[time.Time]():   appendTime,
	reflect.TypeFor[*time.Time]():  appendTime,
	reflect.TypeFor[int]():         appendInteger,
	reflect.TypeFor[*int]():        appendInteger,
	reflect.TypeFor[bool]():        appendBoolean,
	reflect.TypeFor[*bool]():       appendBoolean,
	reflect.TypeFor[scalar.JSON](): appendDocument,
}

func appendText(dst, raw []byte, _ int16) ([]byte, error) {
	return scalar.AppendString(dst, string(raw)), nil
}

func appendEnum(dst, raw []byte, _ int16) ([]byte, error) {
	return strconv.AppendQuote(dst, model.SpellEnum(string(raw))), nil
}

func appendUUID(dst, raw []byte, format int16) ([]byte, error) {
	id, err := decodeUUID(raw, format)
	if err != nil {
		return nil, err
	}
	return scalar.AppendUUID(dst, id.(uuid.UUID)), nil
}

func appendTime(dst, raw []byte, format int16) ([]byte, error) {
	t, err := decodeTime(raw, format)
	if err != nil {
		return nil, err
	}
	return scalar.AppendTime(dst, t.(time.Time)), nil
}

func appendInteger(dst, raw []byte, format int16) ([]byte, error) {
	n, err := decodeInteger(raw, format)
	if err != nil {
		return nil, err
	}
	return scalar.AppendInt(dst, int64(n.(int))), nil
}

func appendBoolean(dst, raw []byte, format int16) ([]byte, error) {
	return scalar.AppendBoolean(dst, raw[0] == 1 || (format == pgtype.TextFormatCode && raw[0] == 't')), nil
}

func appendDocument(dst, raw []byte, format int16) ([]byte, error) {
	if format == pgtype.BinaryFormatCode {
		raw = raw[1:] // the version byte of jsonb
	}
	return scalar.AppendJSON(dst, raw), nil
}

// decoders give the Go values that cursors are made of.
var decoders = map[reflect.Type]func(raw []byte, format int16) (any, error){
	reflect.TypeFor[uuid.UUID](): decodeUUID,
	reflect.TypeFor[time.Time](): decodeTime,
	reflect.TypeFor[int]():       decodeInteger,
	reflect.TypeFor[string]():    func(raw []byte, _ int16) (any, error) { return string(raw), nil },
}

func decodeUUID(raw []byte, format int16) (any, error) {
	if format == pgtype.BinaryFormatCode {
		return uuid.FromBytes(raw)
	}
	return uuid.ParseBytes(raw)
}

// epoch is the zero of PostgreSQL's binary timestamps in Unix seconds.
var epoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).Unix()

func decodeTime(raw []byte, format int16) (any, error) {
	if format != pgtype.BinaryFormatCode || len(raw) != 8 {
		return nil, fmt.Errorf("compiled: a timestamp in wire format %d", format)
	}
	micros := int64(binary.BigEndian.Uint64(raw))
	// Not by adding a Duration to a Time: that ends after 292 years, and what is missing sorts as the year 9999.
	return time.Unix(epoch+micros/1e6, micros%1e6*1e3).UTC(), nil
}

func decodeInteger(raw []byte, format int16) (any, error) {
	if format == pgtype.TextFormatCode {
		return strconv.Atoi(strings.TrimSpace(string(raw)))
	}
	switch len(raw) {
	case 2:
		return int(int16(binary.BigEndian.Uint16(raw))), nil
	case 4:
		return int(int32(binary.BigEndian.Uint32(raw))), nil
	case 8:
		return int(binary.BigEndian.Uint64(raw)), nil
	}
	return nil, fmt.Errorf("compiled: an integer of %d bytes", len(raw))
}
