package compiled

import (
	"errors"

	"github.com/augmentedos/graph/graph/nodeid"
	"github.com/augmentedos/graph/graph/scalar"
	"github.com/augmentedos/graph/internal/page"
	"github.com/augmentedos/graph/repository"
	"github.com/google/uuid"
)

// member is a field of a JSON object: its name with the punctuation around it,
// and its value.
type member struct {
	name  string
	value value
}

func object(members []member) value {
	return func(dst []byte, all *answers, row [][]byte) (_ []byte, err error) {
		dst = append(dst, '{')
		for _, m := range members {
			dst = append(dst, m.name...)
			if dst, err = m.value(dst, all, row); err != nil {
				return nil, err
			}
		}
		return append(dst, '}'), nil
	}
}

func constant(text string) value {
	return func(dst []byte, _ *answers, _ [][]byte) ([]byte, error) { return append(dst, text...), nil }
}

func id(read *repository.Read, prefix string) value {
	return func(dst []byte, _ *answers, row [][]byte) ([]byte, error) {
		key, err := uuid.FromBytes(row[index(read, "id")])
		return append(append(append(dst, '"'), nodeid.Encode(prefix, key)...), '"'), err
	}
}

func columnValue(read *repository.Read, column string, write encoder) value {
	return func(dst []byte, all *answers, row [][]byte) ([]byte, error) {
		i := index(read, column)
		if row[i] == nil {
			return append(dst, "null"...), nil
		}
		return write(dst, row[i], all.rows[read].Fields[i].Format)
	}
}

// rowsOf are the rows of read that hang on row, the row of the level above.
func rowsOf(read *repository.Read, parent [][]byte, all *answers) [][][]byte {
	if parent == nil {
		return all.rows[read].Row[""]
	}
	key := parent[index(read.Parent, read.Relation.Column)]
	if key == nil {
		return nil
	}
	return all.rows[read].Row[string(key)]
}

// errMissing leaves a row that must be there and is not to the generated
// executor, which knows how far a null reaches.
var errMissing = errors.New("compiled: a row that must be there is missing")

// single writes a row or, where the schema allows it, null.
func single(read *repository.Read, row value, required bool) value {
	return func(dst []byte, all *answers, parent [][]byte) ([]byte, error) {
		rows := rowsOf(read, parent, all)
		if len(rows) == 0 && required {
			return nil, errMissing
		}
		if len(rows) == 0 {
			return append(dst, "null"...), nil
		}
		return row(dst, all, rows[0])
	}
}

// list writes the rows of a page, in the order of the list.
func list(read *repository.Read, each value) value {
	return func(dst []byte, all *answers, parent [][]byte) (_ []byte, err error) {
		rows := cut(read, rowsOf(read, parent, all))
		dst = append(dst, '[')
		for i := range rows {
			if i > 0 {
				dst = append(dst, ',')
			}
			if dst, err = each(dst, all, inOrder(read, rows, i)); err != nil {
				return nil, err
			}
		}
		return append(dst, ']'), nil
	}
}

// cut drops the row that only tells whether another page follows.
func cut(read *repository.Read, rows [][][]byte) [][][]byte {
	return rows[:min(len(rows), read.List.Page.Size)]
}

// inOrder turns a page that was read backwards round.
func inOrder(read *repository.Read, rows [][][]byte, i int) [][]byte {
	if read.List.Page.Backward {
		i = len(rows) - 1 - i
	}
	return rows[i]
}

// count writes how many rows the list has, or whether that is exact.
func count(read *repository.Read, total bool) value {
	return func(dst []byte, all *answers, parent [][]byte) ([]byte, error) {
		n, ok := page.Count{Exact: true}, true
		if parent == nil {
			n, ok = all.rows[read].Count[""]
		} else if key := parent[index(read.Parent, read.Relation.Column)]; key != nil {
			n, ok = all.rows[read].Count[string(key)]
		}
		if !ok {
			return nil, errMissing
		}
		if total {
			return scalar.AppendInt(dst, int64(n.Total)), nil
		}
		return append(dst, boolean(n.Exact)...), nil
	}
}

func cursorValue(read *repository.Read) value {
	return func(dst []byte, all *answers, row [][]byte) ([]byte, error) {
		c, err := cursorOf(read, all, row)
		return append(append(append(dst, '"'), c...), '"'), err
	}
}

func cursorOf(read *repository.Read, all *answers, row [][]byte) (page.Cursor, error) {
	columns := read.Entity.Orders[read.List.Order].Columns
	values := make([]any, len(columns))
	for n, column := range columns {
		i := index(read, column)
		decode, ok := decoders[read.Entity.ColumnType(column)]
		if !ok {
			return "", errors.New("compiled: no decoder for the order column " + column)
		}
		var err error
		if values[n], err = decode(row[i], all.rows[read].Fields[i].Format); err != nil {
			return "", err
		}
	}
	return repository.Cursor(read.List.Order, values), nil
}

// pageFact writes a field of pageInfo.
func pageFact(read *repository.Read, name string) (value, bool) {
	fact := func(of func(rows [][][]byte, all *answers) (string, error)) value {
		return func(dst []byte, all *answers, parent [][]byte) ([]byte, error) {
			text, err := of(rowsOf(read, parent, all), all)
			return append(dst, text...), err
		}
	}
	request := &read.List.Page
	more := func(rows [][][]byte) bool { return len(rows) > request.Size }
	edge := func(last bool) value {
		return fact(func(rows [][][]byte, all *answers) (string, error) {
			rows = cut(read, rows)
			if len(rows) == 0 {
				return "null", nil
			}
			at := 0
			if last {
				at = len(rows) - 1
			}
			c, err := cursorOf(read, all, inOrder(read, rows, at))
			return `"` + string(c) + `"`, err
		})
	}
	switch name {
	case "__typename":
		return constant(`"PageInfo"`), true
	case "hasNextPage":
		return fact(func(rows [][][]byte, _ *answers) (string, error) {
			return boolean(choose(request.Backward, request.From != "", more(rows))), nil
		}), true
	case "hasPreviousPage":
		return fact(func(rows [][][]byte, _ *answers) (string, error) {
			return boolean(choose(request.Backward, more(rows), request.From != "")), nil
		}), true
	case "startCursor":
		return edge(false), true
	case "endCursor":
		return edge(true), true
	}
	return nil, false
}

func choose(condition, yes, no bool) bool {
	if condition {
		return yes
	}
	return no
}

func boolean(b bool) string {
	if b {
		return "true"
	}
	return "false"
}
