package importer

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/augmentedos/graph/jsonschema"
	"github.com/google/uuid"
)

// cell is a value on its way into a column, in PostgreSQL's text form.
type cell struct {
	text    string
	null    bool
	onlyNew bool // for a new row; a stored one keeps what it has
}

// row is a row of the bundle as it will be stored.
type row struct {
	identity
	n      int
	values map[string]cell
	items  []json.RawMessage // of a sequence or a queue, nil when the column was not there
}

// reader turns raw rows of one table into rows to store. What it finds on the
// way it tells note; a refused row is nil.
type reader struct {
	table   *table
	columns []column
	ids     *ids
	first   time.Time
	seal    func([]byte) (message, meta []byte, err error)
	sealed  []byte // what is known about credentials that were sealed here; nil = none were
	note    func(Entry)

	row     *row
	refused bool
}

func (rd *reader) read(r raw) *row {
	x := identify(rd.table, r, rd.first)
	rd.row, rd.refused, rd.sealed = &row{identity: x, n: r.n, values: map[string]cell{}}, false, nil
	if r.bad != "" {
		rd.refuse("", WrongType, nil, "%s", r.bad)
		return nil
	}
	r.columns = maps.Clone(r.columns)
	rd.rename(r)
	rd.legacy(r)
	rd.identityColumns(r)
	brought := map[string]bool{"id": true, "created_at": true}
	for _, c := range rd.columns {
		if value, ok := r.columns[c.name]; ok {
			brought[c.name] = true
			rd.column(c, value)
			delete(r.columns, c.name)
		}
	}
	if rd.sealed != nil {
		rd.row.values["credentials_meta"] = cell{text: string(rd.sealed)} // what the bundle says was about the old form
	}
	rd.itemsColumn(r)
	rd.leftOver(r)
	rd.defaults(brought)
	if rd.refused {
		return nil
	}
	return rd.row
}

// tell adds an entry about the row that is being read.
func (rd *reader) tell(kind Kind, code Code, path string, from, to json.RawMessage, format string, args ...any) {
	rd.note(Entry{
		Table: rd.table.name, Row: rd.row.n, ID: rd.row.source, Key: rd.row.label, Kind: kind, Code: code, Path: path,
		From: from, To: to, Message: fmt.Sprintf(format, args...),
	})
}

// refuse tells that the row cannot be stored; the rest of it is still read, so
// that all its mistakes are told at once.
func (rd *reader) refuse(path string, code Code, from json.RawMessage, format string, args ...any) {
	rd.refused = true
	rd.tell(Refused, code, path, from, nil, format, args...)
}

func (rd *reader) identityColumns(r raw) {
	x := rd.row.identity
	id := x.id
	if settled, ok := rd.ids.of(rd.table.name, x.source); ok {
		id = settled
	}
	switch {
	case x.missing:
		rd.tell(Changed, IDMissing, "/id", nil, quote(id.String()), "the row had no id; it was made from %s", strings.SplitN(x.source, ":", 2)[0])
	case id != x.id:
		rd.tell(Changed, IDAdopted, "/id", quote(x.source), quote(id.String()), "a stored row has this business key and keeps its id")
	case id.String() != x.source:
		rd.tell(Changed, IDRemade, "/id", quote(x.source), quote(id.String()), "ids are version 7 UUIDs made from created_at")
	}
	if x.guessed {
		rd.tell(Changed, TimeGuessed, "/created_at", r.columns["created_at"], quote(x.at.Format(time.RFC3339Nano)), "created_at is missing; the nearest known time stands in")
	}
	if rd.table.partitioned() && (x.at.Year() < 2000 || x.at.Year() > 2099) {
		rd.refuse("/created_at", WrongType, r.columns["created_at"], "there are partitions for the years 2000 to 2099 only")
	}
	rd.row.id = id
	rd.row.values["id"] = cell{text: id.String()}
	rd.row.values["created_at"] = cell{text: x.at.Format(time.RFC3339Nano), onlyNew: true}
	if !r.has("updated_at") {
		rd.row.values["updated_at"] = cell{text: x.at.Format(time.RFC3339Nano), onlyNew: true}
		delete(r.columns, "updated_at")
	}
	delete(r.columns, "id")
	delete(r.columns, "created_at")
}

// column reads one value.
func (rd *reader) column(c column, value json.RawMessage) {
	path := "/" + c.name
	switch {
	case c.generated:
		return // the database makes it again
	case string(value) == "null":
		if c.notNull && c.fallback != "" {
			rd.tell(Changed, DefaultTaken, path, value, nil, "the column has no null; its default %s is taken", c.fallback)
		} else {
			rd.row.values[c.name] = cell{null: true}
		}
		return
	case c.name == "credentials":
		rd.credentials(c, value)
		return
	case c.name == "sys_period":
		if text, _, err := c.convert(value); err == nil { // only our own exports have it in a form that can be restored
			rd.row.values[c.name] = cell{text: text, onlyNew: true}
		}
		return
	}
	if p, ok := rd.table.parents[c.name]; ok {
		rd.foreignKey(c, p, value)
		return
	}
	if c.kind == "jsonb" {
		rd.document(c, value)
		return
	}
	text, spelled, err := c.convert(value)
	if err != nil {
		rd.refuse(path, WrongType, value, "%s", plainReason(err))
		return
	}
	if stored, changed := jsonschema.NormalizeWord(rd.table.name, c.name, text); changed {
		text, spelled = stored, true
	}
	if c.name == "version" && rd.table.definition && semver(text) != text {
		text, spelled = semver(text), true
	}
	if spelled {
		rd.tell(Changed, OtherSpelling, path, value, quote(text), "written as it is stored")
	}
	if c.kind == "text" || strings.HasPrefix(c.kind, "character") {
		text = rd.followText(c, path, text)
	}
	rd.row.values[c.name] = cell{text: text}
}

// followText replaces old ids in a text. A business key is a name and stays.
func (rd *reader) followText(c column, path, text string) string {
	if slices.Contains(rd.table.key, c.name) {
		return text
	}
	followed, from := rd.ids.follow(text, false)
	if from == nil || rd.ids.names[text] {
		return text
	}
	rd.tell(Changed, ReferenceFollowed, path, quote(text), quote(followed), "leads to the new id of the row")
	return followed
}

func (rd *reader) foreignKey(c column, p parent, value json.RawMessage) {
	old := plainText(value)
	if id, ok := rd.ids.of(p.table, old); ok {
		rd.row.values[c.name] = cell{text: id.String()}
		return
	}
	id, err := uuid.Parse(old)
	if err == nil {
		rd.row.values[c.name] = cell{text: id.String()} // may be stored already; the database is asked later
		return
	}
	if c.notNull {
		rd.refuse("/"+c.name, ParentMissing, value, "there is no such row of %s", p.table)
		return
	}
	rd.row.values[c.name] = cell{null: true}
	rd.tell(LeftOut, ParentMissing, "/"+c.name, value, nil, "there is no such row of %s", p.table)
}

// document reads a JSON column: older shapes become the stored one, ids are
// followed, and the result must satisfy the column's schema.
func (rd *reader) document(c column, value json.RawMessage) {
	doc, ok := rd.canonical(c.name, value)
	if ok {
		rd.row.values[c.name] = cell{text: string(doc)}
	}
}

func (rd *reader) canonical(name string, value json.RawMessage) (json.RawMessage, bool) {
	path := "/" + name
	doc, changes, err := jsonschema.Normalize(rd.table.name, name, value)
	if err != nil {
		rd.refuse(path, Invalid, nil, "%s", err)
		return nil, false
	}
	violations := jsonschema.Validate(rd.table.name, name, doc)
	if inner, ok := innerDocument(doc); ok && len(violations) > 0 {
		if again, more, err := jsonschema.Normalize(rd.table.name, name, inner); err == nil && len(jsonschema.Validate(rd.table.name, name, again)) == 0 {
			rd.tell(Changed, OtherSpelling, path, nil, nil, "the document was a text that holds JSON")
			doc, changes, violations = again, more, nil
		}
	}
	for _, ch := range changes {
		rd.tell(Changed, LegacyShape, path+ch.Path, ch.From, ch.To, "%s", ch.Note)
	}
	for _, v := range violations {
		rd.refuse(path+v.Path, Invalid, nil, "%s", v.Message)
	}
	if len(violations) > 0 {
		return nil, false
	}
	followed, from := rd.ids.follow(string(doc), true)
	for _, old := range from {
		if id, err := uuid.Parse(old); err == nil {
			rd.tell(Changed, ReferenceFollowed, path, quote(old), quote(rd.ids.global[id].String()), "leads to the new id of the row")
		}
	}
	return json.RawMessage(followed), true
}

// innerDocument is the JSON in a JSON string, as some writers nest it.
func innerDocument(doc []byte) (json.RawMessage, bool) {
	var text string
	if json.Unmarshal(doc, &text) != nil || !json.Valid([]byte(text)) {
		return nil, false
	}
	return json.RawMessage(text), true
}

// itemsColumn takes the array form of what is stored as rows.
func (rd *reader) itemsColumn(r raw) {
	name := rd.table.items()
	value, ok := r.columns[name]
	if name == "" || !ok {
		return
	}
	delete(r.columns, name)
	rd.row.items = []json.RawMessage{}
	if string(value) == "null" {
		return
	}
	if doc, ok := rd.canonical(name, value); ok {
		if err := json.Unmarshal(doc, &rd.row.items); err != nil {
			rd.refuse("/"+name, Invalid, nil, "is not an array")
		}
	}
	for i, item := range rd.row.items {
		for _, pointer := range [][]string{{"order"}, {"metadata", "retryCount"}} {
			if _, err := whole(item, pointer...); err != nil {
				rd.refuse(fmt.Sprintf("/%s/%d/%s", name, i, strings.Join(pointer, "/")), WrongType, nil, "%s", plainReason(err))
			}
		}
	}
}

// whole is the whole number at a place in a document, "" when there is none.
func whole(doc json.RawMessage, pointer ...string) (string, error) {
	for _, key := range pointer {
		var object map[string]json.RawMessage
		if json.Unmarshal(doc, &object) != nil {
			return "", nil
		}
		doc = object[key]
	}
	if doc == nil {
		return "", nil
	}
	text, _, err := column{kind: "integer"}.convert(doc)
	return text, err
}

func plainReason(err error) string { return strings.TrimPrefix(err.Error(), errType.Error()+": ") }

// leftOver tells about values that no column takes.
func (rd *reader) leftOver(r raw) {
	for _, name := range slices.Sorted(maps.Keys(r.columns)) {
		value := r.columns[name]
		if string(value) == "null" {
			continue
		}
		if secretName(name) {
			value = quote("(hidden)")
		}
		rd.tell(LeftOut, ColumnUnknown, "/"+name, value, nil, "%s has no such column", rd.table.name)
	}
}

// defaults tells about values that must be there and have no default.
func (rd *reader) defaults(brought map[string]bool) {
	for _, c := range rd.columns {
		value, given := rd.row.values[c.name]
		if given && !value.null || !given && brought[c.name] || !c.notNull || c.generated || c.fallback != "" || slices.Contains(rd.table.key, c.name) {
			continue
		}
		if rd.table.name == "task_instances" && (c.name == "type" || c.name == "task_definition_id") {
			continue // may follow from other columns
		}
		rd.refuse("/"+c.name, ValueMissing, nil, "the value is required")
	}
}

// credentials takes an encrypted message as it is. Credentials in clear are
// encrypted when the caller can, and never stored or reported otherwise.
func (rd *reader) credentials(c column, value json.RawMessage) {
	text, _, err := c.convert(value)
	if err == nil {
		rd.row.values[c.name] = cell{text: text}
		return
	}
	if rd.seal != nil && len(jsonschema.Validate(rd.table.name, c.name, value)) == 0 {
		if message, meta, err := rd.seal(value); err == nil {
			rd.row.values[c.name] = cell{text: fmt.Sprintf(`\x%x`, message)}
			rd.sealed = meta
			rd.tell(Changed, OtherSpelling, "/"+c.name, nil, nil, "the credentials were in clear and are encrypted now")
			return
		}
	}
	rd.tell(LeftOut, SecretLeftOut, "/"+c.name, nil, nil, "these are no encrypted credentials; enter them again through the API")
}

func quote(text string) json.RawMessage {
	b, err := json.Marshal(text)
	if err != nil {
		panic(errors.Join(errors.New("importer: a string cannot be quoted"), err))
	}
	return b
}

func secretName(name string) bool {
	for _, word := range []string{"secret", "password", "token", "credential", "api_key", "apikey", "private_key"} {
		if strings.Contains(strings.ToLower(name), word) {
			return true
		}
	}
	return false
}
