package resolvers_test

import (
	"strings"
	"testing"

	"github.com/augmentedos/graph/graph/nodeid"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

const anIntegrationID = "018f0000-0000-7000-8000-0000000000b1"

// integration is an active definition whose configuration is described by a
// bare map of properties, as older ones are.
func (o *office) integration() {
	o.must(`insert into integration_definitions (id, integration_id, name, version, type, methods, auth_type, config_schema) values ($1, 'mail', 'Mail', '1.0.0', 'integration', '[]', 'apikey',
		'{"sender": {"type": "string", "required": true}, "apiKey": {"type": "string"}, "retries": {"type": "integer"}}') on conflict do nothing`, anIntegrationID)
	o.must(`update integration_definitions set status = 'active' where status = 'draft'`)
}

func (o *office) connection(state string) string {
	o.integration()
	return o.insert("ini", `insert into integration_instances (instance_id, integration_definition_id, name, config, status)
		values ('', $1, 'Mail', '{"sender": "a@b.c", "apiKey": "s3cret"}', jsonb_build_object('state', lower($2::text)))`, anIntegrationID, state)
}

// connected runs a mutation on connections that must not fail as a request.
func (o *office) connected(verb, input string) payload {
	o.t.Helper()
	got, errs := o.change(ann, "integrationInstance"+verb, "integrationInstance", input)
	require.Empty(o.t, errs, input)
	return got
}

func (o *office) config(id string) (config string) {
	_, uid, err := nodeid.Decode(id)
	require.NoError(o.t, err)
	require.NoError(o.t, o.db.QueryRow(o.t.Context(), "select config::text from integration_instances where id = $1", uid).Scan(&config))
	return config
}

func TestAConnectionIsMadeFromTheActiveVersionOfItsIntegration(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.integration()
	got := o.connected("Save", `integrationId: "mail", instanceId: "mail-1", name: "Mail", config: {sender: "a@b.c"}, reason: "for letters"`)
	require.Empty(t, got.UserErrors)
	require.Equal(t, "INACTIVE", got.Row.Status)
	require.Equal(t, "ann: for letters", got.Row.History[0].By+": "+got.Row.History[0].Reason)
	for input, path := range map[string]string{
		`integrationId: "mail", name: "x"`:                                                                        "/config/sender",
		`integrationId: "mail", name: "x", config: {sender: "a", retries: "3"}`:                                   "/config/retries",
		`integrationId: "mail", name: "x", config: [1]`:                                                           "/config",
		`integrationId: "mail", config: {sender: "a"}`:                                                            "/name",
		`integrationId: "mail", name: " ", config: {sender: "a"}`:                                                 "/name",
		`integrationId: "fax", name: "x"`:                                                                         "/integrationId",
		`name: "x", config: {}`:                                                                                   "",
		`integrationId: "mail", name: "x", contextType: USER, config: {sender: "a"}`:                              "/contextId",
		`integrationId: "mail", name: "x", contextId: "ann", config: {sender: "a"}`:                               "/contextId",
		`integrationId: "mail", name: "x", config: {sender: "a", apiKey: "********"}`:                             "/config/apiKey",
		`definitionId: "` + nodeid.Encode("ind", uuid.Must(uuid.NewV7())) + `", name: "x", config: {sender: "a"}`: "/definitionId",
		`definitionId: "nonsense", name: "x", config: {sender: "a"}`:                                              "/definitionId",
		`integrationId: "mail", definitionId: "nonsense", name: "x", config: {sender: "a"}`:                       "/definitionId",
		`integrationId: "mail", instanceId: "mail-1", name: "x", config: {sender: "a"}`:                           "/instanceId",
		`integrationId: "mail", name: "x", config: {sender: "a"}, instanceId: "` + strings.Repeat("x", 300) + `"`: "/instanceId",
	} {
		got := o.connected("Save", input)
		require.Nil(t, got.Row, input)
		require.NotEmpty(t, got.UserErrors, input)
		require.Equal(t, path, got.UserErrors[0].Path, input)
	}
}

func TestAConnectionIsChangedWhereItSaysSo(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	id := o.connection("ACTIVE")
	got := o.connected("Save", `id: "`+id+`", name: "Letters", expectedRevision: 1, config: {sender: "new@b.c", apiKey: "********"}`)
	require.Empty(t, got.UserErrors)
	require.Equal(t, "ACTIVE", got.Row.Status)
	require.JSONEq(t, `{"sender": "new@b.c", "apiKey": "s3cret"}`, o.config(id), "a mask stands for what is stored")
	require.Equal(t, 2, o.connected("Save", `id: "`+id+`", name: "x", expectedRevision: 1`).UserErrors[0].CurrentRevision)
	got = o.connected("Save", `id: "`+id+`", contextType: CLIENT, contextId: "acme", description: "of Acme"`)
	require.Empty(t, got.UserErrors)
	require.Equal(t, "/contextId", o.connected("Save", `id: "`+id+`", contextType: GLOBAL`).UserErrors[0].Path)
	require.Empty(t, o.connected("Save", `id: "`+id+`", contextType: GLOBAL, contextId: null, description: null`).UserErrors)
	require.Equal(t, "/instanceId", o.connected("Save", `id: "`+id+`", instanceId: "other"`).UserErrors[0].Path)

	next := o.insert("ind", `insert into integration_definitions (integration_id, name, version, type, methods, auth_type, config_schema)
		values ('mail', 'Mail', '2.0.0', 'integration', '[]', 'apikey', '{"type": "object", "required": ["host"]}')`)
	require.Equal(t, "ConflictError", o.connected("Save", `id: "`+id+`", definitionId: "`+next+`"`).UserErrors[0].Type, "a draft is no base")
	o.must(`update integration_definitions set status = 'deprecated' where version = '1.0.0'`)
	o.must(`update integration_definitions set status = 'active' where version = '2.0.0'`)
	require.Empty(t, o.connected("Save", `id: "`+id+`", name: "Old"`).UserErrors, "it may stay on the version it has")
	require.Equal(t, "/config/host", o.connected("Save", `id: "`+id+`", integrationId: "mail"`).UserErrors[0].Path)
	require.Empty(t, o.connected("Save", `id: "`+id+`", integrationId: "mail", config: {host: "h"}`).UserErrors)
	o.must(`insert into integration_definitions (integration_id, name, version, type, methods, auth_type, config_schema) values ('fax', 'Fax', '1.0.0', 'integration', '[]', 'apikey', '{}')`)
	o.must(`update integration_definitions set status = 'active' where integration_id = 'fax'`)
	require.Equal(t, "/integrationId", o.connected("Save", `id: "`+id+`", integrationId: "fax"`).UserErrors[0].Path)
}

func TestAConnectionThatSomebodyNamesIsKept(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	id := o.connection("ACTIVE")
	o.must(`update integration_instances set instance_id = 'mail-1'`)
	task := o.insert("tkd", `insert into task_definitions (task_id, name, version, type, execution_config) values ('send', 'Send', '1.2.0', 'AUTOMATED',
		'{"executor": "x", "integration": {"type": "mail", "method": "send", "instanceSelector": {"type": "EXPLICIT", "value": "mail-1"}}}')`)
	_, taskUUID, err := nodeid.Decode(task)
	require.NoError(t, err)
	o.must(`insert into task_integration_references (source_id, path, target_business_id) values ($1, '/execution_config/integration/type', 'mail')`, taskUUID)
	o.must(`update task_definitions set status = 'active' where task_id = 'send'`)
	const remove = `mutation { it: integrationInstanceDelete(input: {id: "%s", reason: "gone"}) { integrationInstance { instanceId } userErrors { code message } } }`
	var data struct {
		It struct {
			IntegrationInstance *struct{ InstanceID string }
			UserErrors          []struct{ Code, Message string }
		}
	}
	require.Empty(t, o.send(ann, replaced(remove, id), &data))
	require.Nil(t, data.It.IntegrationInstance)
	require.Equal(t, "CONFLICT: the connection is used by task send 1.2.0", data.It.UserErrors[0].Code+": "+data.It.UserErrors[0].Message)
	require.Equal(t, 2, o.connected("Delete", `id: "`+id+`", expectedRevision: 1`).UserErrors[0].CurrentRevision)

	o.must(`update task_definitions set status = 'deprecated' where task_id = 'send'`)
	o.must(`insert into task_instances (task_definition_id, step_id, type, status) values ($1, 's', 'AUTOMATED', 'RUNNING')`, taskUUID)
	require.Equal(t, "ConflictError", o.connected("Delete", `id: "`+id+`"`).UserErrors[0].Type, "work that has begun still needs it")
	o.must(`update task_instances set status = 'CANCELLED'`)
	require.Empty(t, o.send(ann, replaced(remove, id), &data))
	require.Equal(t, "mail-1", data.It.IntegrationInstance.InstanceID)
	require.Equal(t, "NotFoundError", o.connected("Delete", `id: "`+id+`"`).UserErrors[0].Type)
}

func TestACheckSaysWhatItFound(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	id := o.connection("ACTIVE")
	require.Equal(t, "/error", o.connected("SetState", `id: "`+id+`", state: ERROR`).UserErrors[0].Path)
	require.Equal(t, "/error", o.connected("SetState", `id: "`+id+`", state: INACTIVE, code: "X"`).UserErrors[0].Path)
	require.Empty(t, o.connected("SetState", `id: "`+id+`", state: ERROR, error: "refused", code: "AUTH_ERROR"`).UserErrors)
	health := func() map[string]any {
		var data struct {
			Node struct{ Status map[string]any }
		}
		require.Empty(t, o.send(ann, `{ node(id: "`+id+`") { ... on IntegrationInstance { status { state error code lastChecked } } } }`, &data))
		return data.Node.Status
	}
	broken := health()
	require.NotNil(t, broken["lastChecked"])
	delete(broken, "lastChecked")
	require.Equal(t, map[string]any{"state": "ERROR", "error": "refused", "code": "AUTH_ERROR"}, broken)
	require.Empty(t, o.connected("SetState", `id: "`+id+`", state: ACTIVE, expectedRevision: 1`).UserErrors, "checks are no edits")
	works := health()
	require.Equal(t, []any{"ACTIVE", nil, nil}, []any{works["state"], works["error"], works["code"]})
}
