package model

import (
	"encoding/json"
	"strings"

	"github.com/augmentedos/graph/graph/scalar"
	"github.com/google/uuid"
)

// UIField is one input field of a component.
type UIField struct {
	FieldKey        string             `json:"fieldKey"`
	Label           string             `json:"label"`
	Kind            string             `json:"type"`
	Options         []UIFieldOption    `json:"options"`
	Placeholder     *string            `json:"placeholder"`
	Default         scalar.JSON        `json:"default"`
	Required        bool               `json:"required"`
	ValidationRules []UIValidationRule `json:"validationRules"`
	HelpText        *string            `json:"helpText"`
	VisibleIf       *string            `json:"visibleIf"`
	DataSource      *UIIntegrationUse  `json:"dataSource"`
	CustomProps     scalar.JSON        `json:"customProps"`

	stage *Stage
}

// Type is what kind of value the field takes.
func (f *UIField) Type() UIFieldType {
	t := UIFieldType(SpellEnum(f.Kind))
	if !t.IsValid() {
		return UIFieldTypeUnknown
	}
	return t
}

// UIFieldOption is a choice of a selection.
type UIFieldOption struct {
	Value    string `json:"value"`
	Label    string `json:"label"`
	Disabled bool   `json:"disabled"`
}

// UIValidationRule is a rule the value of a field must satisfy.
type UIValidationRule struct {
	Type    string      `json:"type"`
	Value   scalar.JSON `json:"value"`
	Message *string     `json:"message"`
}

// UnmarshalJSON takes the short form as well, a name of the rule catalogue. It
// never fails, as span's.
func (r *UIValidationRule) UnmarshalJSON(b []byte) error {
	if json.Unmarshal(b, &r.Type) == nil {
		return nil
	}
	type long UIValidationRule
	_ = json.Unmarshal(b, (*long)(r))
	return nil
}

// Fields are the input fields.
func (u *UIComponent) Fields() []*UIField {
	fields := decodeList[UIField](u.FieldsJSON)
	for i := range fields {
		fields[i].stage = u.stage
		source := fields[i].DataSource
		if source == nil {
			continue
		}
		if source.IntegrationID == "" {
			fields[i].DataSource = nil
			continue
		}
		source.FieldKey = &fields[i].FieldKey
		source.Place = Place{UIComponentIntegrations, u.UUID, at("/fields", i) + "/dataSource/integrationId"}
	}
	return fields
}

// UILayout is the arrangement of fields and nested components.
type UILayout struct {
	Type        *string     `json:"type"`
	Columns     *int        `json:"columns"`
	Order       []string    `json:"order"`
	Sections    []UISection `json:"sections"`
	Areas       []UIArea    `json:"areas"`
	ComponentID *string     `json:"component"`
	Spacing     *string     `json:"spacing"`
	ClassName   *string     `json:"className"`
	DefaultView *UILayout   `json:"defaultView"`

	Place Place `json:"-"` // where it names a single component
	stage *Stage
}

// UISection is a group of fields.
type UISection struct {
	Title           string   `json:"title"`
	Fields          []string `json:"fields"`
	Collapsible     bool     `json:"collapsible"`
	DefaultExpanded bool     `json:"defaultExpanded"`
}

// UIArea is a place in a layout where another component is shown.
type UIArea struct {
	ComponentID string  `json:"component"`
	Grid        *string `json:"grid"`
	Order       *int    `json:"order"`
	VisibleIf   *string `json:"visibleIf"`

	Place Place `json:"-"`
	stage *Stage
}

// Layout is the arrangement, nil when the component has none.
func (u *UIComponent) Layout() *UILayout {
	layout := decode[*UILayout](u.LayoutJSON)
	if layout != nil {
		layout.place(u.UUID, "/layout", u.stage)
	}
	return layout
}

func (l *UILayout) place(source uuid.UUID, path string, on *Stage) {
	l.Place, l.stage = Place{UIComponentChildren, source, path + "/component"}, on
	for i := range l.Areas {
		l.Areas[i].stage = on
		l.Areas[i].Place = Place{UIComponentChildren, source, at(path+"/areas", i) + "/component"}
	}
	if l.DefaultView != nil {
		l.DefaultView.place(source, path+"/defaultView", on)
	}
}

func (l *UILayout) references() []Reference {
	if l == nil {
		return nil
	}
	var out []Reference
	if l.ComponentID != nil && *l.ComponentID != "" {
		out = append(out, Reference{l.Place, *l.ComponentID, nil})
	}
	for _, area := range l.Areas {
		if area.ComponentID != "" {
			out = append(out, Reference{area.Place, area.ComponentID, nil})
		}
	}
	return append(out, l.DefaultView.references()...)
}

// UIAction is a button.
type UIAction struct {
	ActionKey    string  `json:"actionKey"`
	Label        string  `json:"label"`
	Style        *string `json:"style"`
	Confirmation *string `json:"confirmation"`
	VisibleIf    *string `json:"visibleIf"`
	Disabled     bool    `json:"disabled"`
	Icon         *string `json:"icon"`
	Tooltip      *string `json:"tooltip"`

	stage *Stage
}

// Actions are the buttons.
func (u *UIComponent) Actions() []UIAction {
	actions := decode[[]UIAction](u.ActionsJSON)
	for i := range actions {
		actions[i].stage = u.stage
	}
	return actions
}

// UICustomProps is the known part of the settings of a display.
type UICustomProps struct {
	DisplayType *string     `json:"displayType"`
	Title       *string     `json:"title"`
	Columns     []UIColumn  `json:"columns"`
	Fields      []UIColumn  `json:"fields"`
	DataKey     *string     `json:"dataKey"`
	FlagConfig  scalar.JSON `json:"flagConfig"`
}

// UIColumn is a column of a table or a value on a card.
type UIColumn struct {
	Key    string      `json:"key"`
	Label  string      `json:"label"`
	Size   scalar.JSON `json:"width"`
	Render *string     `json:"render"`
}

// Width is text or, as some write it, a number of pixels.
func (c *UIColumn) Width() *string {
	if isNull(c.Size) {
		return nil
	}
	text := strings.Trim(string(c.Size), `"`)
	return &text
}

// CustomProps is the known part of the settings, nil when there are none.
func (u *UIComponent) CustomProps() *UICustomProps { return decode[*UICustomProps](u.CustomPropsJSON) }

// UIIntegrationUse is a place in a component that uses an integration.
type UIIntegrationUse struct {
	IntegrationID string  `json:"integrationId"`
	MethodID      *string `json:"methodId"`
	InstanceID    *string `json:"instanceId"`

	FieldKey *string `json:"-"` // nil for a use of the component as a whole
	Place    Place   `json:"-"`
}

// Integrations are the integrations of the component as a whole and those that
// supply the choices of its fields.
func (u *UIComponent) Integrations() []*UIIntegrationUse {
	uses := pointers(decode[struct {
		Integrations []UIIntegrationUse `json:"integrations"`
	}](u.CustomPropsJSON).Integrations)
	for i := range uses {
		uses[i].Place = Place{UIComponentIntegrations, u.UUID, at("/custom_props/integrations", i) + "/integrationId"}
	}
	for _, f := range u.Fields() {
		if f.DataSource != nil {
			uses = append(uses, f.DataSource)
		}
	}
	return uses
}

// References are the components and integrations that the component names.
func (u *UIComponent) References() []Reference {
	out := u.Layout().references()
	for _, use := range u.Integrations() {
		if use.IntegrationID != "" {
			out = append(out, Reference{use.Place, use.IntegrationID, nil})
		}
	}
	return out
}
