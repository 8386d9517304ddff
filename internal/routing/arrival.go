package routing

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/augmentedos/graph/graph/nodeid"
	"github.com/augmentedos/graph/graph/scalar"
	"github.com/augmentedos/graph/internal/auth"
	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/jsonschema"
	"github.com/augmentedos/graph/repository"
	"github.com/google/uuid"
)

// read makes the row of an event from what its publisher said and completes what
// was left out. The error is what is wrong without looking at the contract.
func (a *arrival) read(ctx context.Context, now time.Time) error {
	e := &a.publication.Event
	e.UUID, e.CreatedAt = repository.NewID(now)
	e.UpdatedAt, e.Pattern, e.Timestamp, e.Payload = e.CreatedAt, a.input.Pattern, now, a.input.Payload.OrEmpty()
	if a.input.Version != nil {
		a.publication.Version = *a.input.Version
	}
	if t := a.input.Timestamp; t != nil {
		at := t.UTC().Truncate(time.Microsecond)
		a.publication.Timestamp, e.Timestamp = &at, at
	}
	return all(a.identified(), a.happened(now), a.sent(ctx), a.described(now),
		jsonschema.Refusal(jsonschema.Validate("event_instances", "payload", e.Payload), a.at+"/payload"))
}

// all gathers the faults of several checks, so that they are mended together.
func all(errs ...error) error {
	var list fault.List
	for _, err := range errs {
		switch e := err.(type) { //nolint:errorlint // the checks answer these two and wrap nothing
		case *fault.Fault:
			list = append(list, e)
		case fault.List:
			list = append(list, e...)
		case error:
			return err
		}
	}
	return list.OrNil()
}

func (a *arrival) identified() error {
	e := &a.publication.Event
	if a.input.EventID == nil {
		if e.EventID = a.derived; e.EventID == "" {
			e.EventID = nodeid.Encode(e.Prefix(), e.UUID)
		}
		return nil
	}
	const longest = 255
	e.EventID = *a.input.EventID
	if n := len([]rune(e.EventID)); strings.TrimSpace(e.EventID) == "" || n > longest {
		return fault.Errorf(fault.Validation, "an eventId has 1 to %d characters", longest).At(a.at + "/eventId").
			Hint("leave it out and the platform makes one")
	}
	return nil
}

// derivedID is the eventId of the n-th event of a request with an idempotency
// key: the same whenever the caller sends the request again.
func derivedID(caller, key string, n int) string {
	return "evt_" + uuid.NewSHA1(uuid.NameSpaceOID, fmt.Appendf(nil, "%s\x00%s\x00%d", caller, key, n)).String()
}

// taken refuses an event whose key belongs to one with other content.
func (a *arrival) taken() error {
	if a.derived != "" {
		return fault.Errorf(fault.IdempotencyKey, "this key was used for another input").At("/idempotencyKey").
			Hint("use a new key for a new request; for a retry send the same input")
	}
	return fault.Errorf(fault.Conflict, "another event was published as %q before", a.publication.Event.EventID).
		At(a.at + "/eventId").Hint("an event is never changed: publish the new facts under an eventId of their own")
}

// happened refuses a time that is not over yet; a day is left for clocks that
// disagree.
func (a *arrival) happened(now time.Time) error {
	if a.publication.Event.Timestamp.After(now.Add(24*time.Hour - time.Minute)) {
		return fault.Errorf(fault.Validation, "the event is said to happen in the future").At(a.at + "/timestamp").
			Hint("publish it when it has happened, or leave the time out")
	}
	return nil
}

// sent says who published: the caller, when nobody else is named.
func (a *arrival) sent(ctx context.Context) error {
	origin := a.input.Source
	if origin == nil {
		origin = &model.EventOriginInput{Type: "external", ID: auth.From(ctx).Name}
	}
	doc, err := json.Marshal(origin)
	if err != nil {
		return fmt.Errorf("source: %w", err)
	}
	e := &a.publication.Event
	e.SourceJSON, e.SourceType, e.SourceID = doc, &origin.Type, &origin.ID
	if a.input.Source != nil {
		a.publication.Source = string(doc)
	}
	return jsonschema.Refusal(jsonschema.Validate("event_instances", "source", doc), a.at+"/source")
}

// reserved are the metadata that only the platform writes.
var reserved = []string{"replay", "replayId"}

// described completes the metadata: when the event came in, and which business
// case it belongs to, its own when it says none.
func (a *arrival) described(now time.Time) error {
	given := a.input.Metadata
	if len(given) == 0 || string(given) == "null" {
		given = scalar.JSON("{}")
	}
	if err := jsonschema.Refusal(jsonschema.Validate("event_instances", "metadata", given), a.at+"/metadata"); err != nil {
		return err
	}
	var d map[string]json.RawMessage
	if err := json.Unmarshal(given, &d); err != nil {
		return fmt.Errorf("metadata: %w", err)
	}
	for _, key := range reserved {
		if _, ok := d[key]; ok {
			return fault.Errorf(fault.Validation, "%s is written by the platform", key).At(a.at + "/metadata/" + key).Hint("leave it out")
		}
	}
	delete(d, "receivedAt") // a forwarded event was received by somebody else
	said, err := json.Marshal(d)
	if err != nil {
		return fmt.Errorf("metadata: %w", err)
	}
	e := &a.publication.Event
	a.publication.Metadata = string(said)
	own, err := json.Marshal(e.EventID)
	if err != nil {
		return fmt.Errorf("metadata: %w", err)
	}
	if d["correlationId"] == nil {
		d["correlationId"] = own
	}
	d["receivedAt"] = json.RawMessage(now.UTC().AppendFormat(nil, `"`+time.RFC3339Nano+`"`))
	e.CorrelationID, e.CausationID = text(d["correlationId"]), text(d["causationId"])
	e.MetadataJSON, err = json.Marshal(d)
	return err
}

func text(doc json.RawMessage) (s *string) {
	_ = json.Unmarshal(doc, &s) // the schema of the column has seen to it
	return s
}

// under holds an event against its contract.
func (a *arrival) under(contract *model.EventDefinition) error {
	switch {
	case contract == nil && a.publication.Version != "":
		return fault.Errorf(fault.NotFound, "no event definition has pattern %q and version %s", a.input.Pattern, a.publication.Version).
			At(a.at + "/version").Hint("leave version out to publish under the active one")
	case contract == nil:
		return fault.Errorf(fault.NotFound, "no event definition has pattern %q", a.input.Pattern).At(a.at + "/pattern").
			Hint("eventDefinitions lists the patterns; an event needs an active definition")
	case contract.Status == model.DefinitionDraft:
		return fault.Errorf(fault.Conflict, "version %s of %s is a draft", contract.Version, contract.EventID).At(a.at + "/pattern").
			Hint("activate it first")
	case contract.Status == model.DefinitionDeprecated && a.publication.Version == "":
		return fault.Errorf(fault.NotFound, "%s has no active version", contract.EventID).At(a.at+"/pattern").
			Hint("name version %s to publish under a deprecated one", contract.Version)
	case contract.Status == model.DefinitionDeprecated:
		a.warn("DEPRECATED_DEFINITION", "/version", fmt.Sprintf("Version %s of %s is deprecated.", contract.Version, contract.EventID))
	}
	e := &a.publication.Event
	e.EventDefinitionID, e.Version = &contract.UUID, contract.Version
	return all(a.permitted(contract), a.satisfies(contract))
}

func (a *arrival) permitted(contract *model.EventDefinition) error {
	kinds := contract.SourceTypes()
	if len(kinds) == 0 || slices.Contains(kinds, *a.publication.Event.SourceType) {
		return nil
	}
	return fault.Errorf(fault.Validation, "%s is not published by %q", contract.EventID, *a.publication.Event.SourceType).
		At(a.at+"/source/type").Hint("it is published by %s", strings.Join(kinds, ", "))
}

func (a *arrival) satisfies(contract *model.EventDefinition) error {
	schema, err := jsonschema.Compile(contract.PayloadSchema)
	if err != nil {
		return fault.Wrap(err, fault.Validation, "the payload schema of "+contract.EventID+" cannot be used: "+err.Error()).At(a.at + "/pattern").
			Hint("repair the schema in a new version of the definition")
	}
	return jsonschema.Refusal(schema.Validate(a.publication.Event.Payload), a.at+"/payload")
}

func (a *arrival) warn(code, path, message string) {
	a.outcome.Problems = append(a.outcome.Problems, &model.Problem{
		Severity: model.ProblemSeverityWarning, Code: code, Path: a.at + path, Message: message,
	})
}
