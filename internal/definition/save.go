package definition

import (
	"context"
	"strings"

	"github.com/augmentedos/graph/graph/scalar"
	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/jsonschema"
	"github.com/augmentedos/graph/repository"
)

// Save writes a draft: a new one, or a change of the one that the input names.
// The prefix of its ids says which kind of definition it is.
func (d *Definitions) Save(ctx context.Context, prefix string, input model.SaveInput, dry bool) (out Outcome, err error) {
	k, common := kinds[prefix], input.Common()
	work := func(ctx context.Context, tx *repository.Tx) (model.Definition, error) {
		v, problems, err := save(ctx, tx, k, input)
		out = Outcome{Definition: v.row, Problems: problems}
		return v.row, err
	}
	if common.ID != nil || dry {
		err = d.do(ctx, optional(common.Reason), "saved", dry, func(ctx context.Context, tx *repository.Tx) error {
			_, err := work(ctx, tx)
			return err
		})
		return out, err
	}
	reason, err := because(optional(common.Reason), "saved")
	if err != nil {
		return out, err
	}
	out.Definition, err = k.once(ctx, d.Writer, reason, work)
	return out, err
}

// save checks an input and writes it with all that belongs to it.
func save(ctx context.Context, tx *repository.Tx, k kind, input model.SaveInput) (version, []*model.Problem, error) {
	before, err := saved(ctx, tx, k, input)
	if err != nil {
		return version{}, nil, err
	}
	c := content{kind: k, values: repository.Values{}, isNew: before == nil}
	c.read(input)
	if err := c.identify(ctx, tx, input, before); err != nil {
		return version{}, nil, err
	}
	c.check(before)
	if err := c.faults.OrNil(); err != nil {
		return version{}, c.problems, err
	}
	v, err := c.write(ctx, tx, before)
	if err != nil {
		return version{}, c.problems, err
	}
	more, err := v.saveParts(ctx, tx, input, c.isNew)
	return v, append(c.problems, more...), err
}

// saved is the draft that an input changes, nil when it makes a new one.
func saved(ctx context.Context, tx *repository.Tx, k kind, input model.SaveInput) (*version, error) {
	common := input.Common()
	if common.ID == nil {
		if common.ExpectedRevision != nil {
			return nil, fault.Errorf(fault.BadUserInput, "a new draft has no revision to expect").At("/expectedRevision").
				Hint("name the draft by id, or leave expectedRevision out")
		}
		return nil, nil
	}
	id, err := idOf(k, *common.ID)
	if err != nil {
		return nil, err
	}
	v, err := lock(ctx, tx, Target{Prefix: k.prefix(), ID: id, Expected: common.ExpectedRevision, Path: "/id"}, saving)
	return &v, err
}

// content is what a save says, on its way into the row.
type content struct {
	kind     kind
	isNew    bool
	values   repository.Values
	faults   fault.List
	problems []*model.Problem
}

func (c *content) refuse(path, format string, args ...any) {
	c.faults = append(c.faults, fault.Errorf(fault.Validation, format, args...).At(path))
}

// read takes the columns over, documents in their present form.
func (c *content) read(input model.SaveInput) {
	for _, s := range model.SavedColumns(input) {
		path := "/" + model.InputField(s.Column)
		switch {
		case !s.Given:
			if c.isNew && s.Required && !s.Default {
				c.refuse(path, "a new draft needs this")
			}
		case s.Value == nil && s.Required:
			c.refuse(path, "this must not be null")
		default:
			c.value(s, path)
		}
	}
}

// maxText is the width of the columns of short texts.
const maxText = 255

func (c *content) value(s model.SavedColumn, path string) {
	value := s.Value
	switch given := value.(type) {
	case scalar.JSON:
		canonical, changes, err := jsonschema.Normalize(c.kind.of().Table, s.Column, given)
		if err != nil {
			c.faults = append(c.faults, fault.ListOf(fault.Move(err, path))...)
			return
		}
		c.problems = append(c.problems, legacy(path, changes)...)
		value = scalar.JSON(canonical)
	case string:
		if !s.Text && len([]rune(given)) > maxText {
			c.refuse(path, "this is longer than %d characters", maxText)
		}
		if s.Required && !s.Default && strings.TrimSpace(given) == "" {
			c.refuse(path, "this must not be empty")
		}
	}
	c.values[s.Column] = value
}

// identify says which version of which business key the draft is.
func (c *content) identify(ctx context.Context, tx *repository.Tx, input model.SaveInput, before *version) error {
	d, key, number := c.kind.of(), input.Key(), input.Common().Version
	path := "/" + model.InputField(d.Key)
	if number != nil {
		c.values["version"] = *number
	}
	if before != nil {
		if key != nil && *key != before.key() {
			c.refuse(path, "the business key of a draft stays: it is %q", before.key())
		}
		return nil
	}
	c.values["status"] = string(model.DefinitionDraft)
	if number == nil {
		c.values["version"] = firstVersion
	}
	if key == nil {
		return nil
	}
	if strings.TrimSpace(*key) == "" || len([]rune(*key)) > maxText || strings.Contains(*key, repository.VersionSeparator) {
		c.refuse(path, "a business key has 1 to %d characters", maxText)
		return nil
	}
	c.values[d.Key] = *key
	if number != nil {
		return nil
	}
	if err := repository.LockKey(ctx, tx, d, *key); err != nil {
		return err
	}
	highest, err := tx.HighestVersion(ctx, d, *key)
	c.values["version"] = next(highest, model.VersionBumpPatch)
	return err
}

// check looks at the row as it would be. What an author must mend is a fault,
// everything else a problem.
func (c *content) check(before *version) {
	row := any(c.kind.blank())
	if before != nil {
		row = c.kind.copyOf(before.row)
	}
	d := c.kind.of()
	d.Fill(row, c.values)
	for _, p := range d.Problems(row, false) {
		if p.Severity == model.ProblemSeverityError {
			c.faults = append(c.faults, mistake(p))
		}
		c.problems = append(c.problems, p)
	}
}

// mistake is a problem as a fault.
func mistake(p *model.Problem) *fault.Fault {
	return fault.Errorf(fault.Validation, "%s %s", p.Path, p.Message).At(p.Path).With("keyword", p.Code)
}

// write stores the row and what its documents refer to.
func (c *content) write(ctx context.Context, tx *repository.Tx, before *version) (v version, err error) {
	v.kind = c.kind
	switch {
	case before == nil:
		v.row, err = c.kind.insert(ctx, tx, c.values)
	case len(c.values) > 0:
		v.row, err = c.kind.update(ctx, tx, before.id(), c.values)
	default:
		v.row = before.row
	}
	if err != nil {
		return v, err
	}
	return v, v.writeReferences(ctx, tx, false)
}

// saveParts writes what a save brings besides the row and tells what is
// doubtful about all of it.
func (v *version) saveParts(ctx context.Context, tx *repository.Tx, input model.SaveInput, isNew bool) ([]*model.Problem, error) {
	references, err := tx.ReferenceProblems(ctx, v.of(), []any{v.id()}, false)
	if err != nil {
		return nil, err
	}
	problems := references[v.id()]
	workflow, ok := input.(*model.WorkflowDefinitionSaveInput)
	if !ok {
		own, err := ownProblems(ctx, tx.Store, v.of(), []any{v.row}, false)
		return append(problems, own[v.row]...), err
	}
	triggers, err := v.saveTriggers(ctx, tx, workflow, isNew)
	if err != nil {
		return append(problems, triggers...), err
	}
	tests, err := v.saveTests(ctx, tx, workflow.Tests)
	return append(append(problems, triggers...), tests...), err
}
