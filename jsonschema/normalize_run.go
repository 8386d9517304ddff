package jsonschema

import (
	"slices"
	"strings"
)

var stepStatuses = []string{"PENDING", "RUNNING", "COMPLETED", "FAILED", "SKIPPED", "WAITING", "CANCELLED", "COMPENSATED"}

// state brings a run's state to its stored form: outputs kept beside the steps
// become completed steps, and the awaited event is named by its pattern.
func (n *normalizer) state(value any) any {
	state, ok := value.(*object)
	if !ok {
		return value
	}
	n.stepOutputs(state)
	if steps := state.object("steps"); steps != nil {
		for _, id := range steps.keys {
			if step := steps.object(id); step != nil {
				n.upperWord(step, join("", "steps", id), "status", stepStatuses)
			}
		}
	}
	n.awaitedEvent(state)
	return value
}

func (n *normalizer) stepOutputs(state *object) {
	outputs := state.object("stepOutputs")
	if outputs == nil || state.has("steps") && state.object("steps") == nil {
		return
	}
	steps := state.object("steps")
	if steps == nil {
		steps = newObject()
		state.setAfter("stepOutputs", "steps", steps)
	}
	for _, id := range outputs.keys {
		output, place := outputs.get(id), join("", "stepOutputs", id)
		step, isObject := steps.get(id).(*object)
		switch {
		case !steps.has(id):
			step = newObject().set("status", "COMPLETED").set("output", output)
			steps.set(id, step)
			n.changed(place, output, step, "the output is kept with its step, which is completed")
		case isObject && !step.has("output"):
			step.set("output", output)
			n.changed(place, output, step, "the output is kept with its step")
		default:
			n.removed(place, output, "the step has an output of its own, which stays")
		}
	}
	state.delete("stepOutputs")
	if len(outputs.keys) == 0 {
		n.removed("/stepOutputs", outputs, "outputs are kept with their steps")
	}
}

func (n *normalizer) awaitedEvent(state *object) {
	awaited := state.object("waitingForEvent")
	if awaited == nil || !awaited.has("eventType") {
		return
	}
	if awaited.has("eventPattern") {
		n.removed("/waitingForEvent/eventType", awaited.get("eventType"), "the event is named by its pattern, which is there")
		awaited.delete("eventType")
		return
	}
	n.rename(awaited, "/waitingForEvent", "eventType", "eventPattern")
}

// logLevels maps what loggers call their levels to the three that are stored.
var logLevels = map[string]string{
	"trace": "debug", "debug": "debug", "info": "info", "warn": "info", "warning": "info",
	"error": "error", "fatal": "error",
}

// executionLog brings the settings of a workflow's log to their stored form.
func (n *normalizer) executionLog(value any) any {
	settings, ok := value.(*object)
	if !ok {
		return value
	}
	if settings.has("logLevel") && settings.has("level") {
		n.removed("/logLevel", settings.get("logLevel"), "level is there and stays")
		settings.delete("logLevel")
	}
	n.rename(settings, "", "logLevel", "level")
	text := settings.text("level")
	if level := logLevels[strings.ToLower(text)]; level != "" && level != text {
		settings.set("level", level)
		n.changed("/level", text, level, "the level is one of debug, info and error")
	}
	return value
}

// executionConfig names the method of an integration.
func (n *normalizer) executionConfig(value any) any {
	config, ok := value.(*object)
	if !ok {
		return value
	}
	n.integrationMethod(config, "")
	if implementation := config.object("implementation"); implementation != nil {
		n.integrationMethod(implementation, "/implementation")
	}
	return value
}

func (n *normalizer) integrationMethod(owner *object, path string) {
	integration := owner.object("integration")
	if integration == nil || !integration.has("operation") {
		return
	}
	place := join(path, "integration")
	if integration.has("method") && sameJSON(integration.get("method"), integration.get("operation")) {
		n.removed(join(place, "operation"), integration.get("operation"), "method says the same")
		integration.delete("operation")
		return
	}
	n.rename(integration, place, "operation", "method")
}

// cases brings the cases of a test to their stored form: mocks belong to the
// set-up, and the expected state is a list.
func (n *normalizer) cases(value any) any {
	list, _ := value.([]any)
	for i, one := range list {
		c, ok := one.(*object)
		if !ok {
			continue
		}
		n.caseMocks(c, item("", i))
		if expected := c.object("expectedState"); expected != nil {
			c.set("expectedState", []any{expected})
			n.changed(join(item("", i), "expectedState"), expected, c.get("expectedState"), "expected values are a list")
		}
	}
	return value
}

func (n *normalizer) caseMocks(c *object, path string) {
	mocks, ok := c.get("mocks").([]any)
	if !ok {
		return
	}
	setup := c.object("setup")
	if setup == nil {
		if c.get("setup") != nil {
			return
		}
		setup = newObject()
	}
	if setup.get("mocks") != nil && setup.list("mocks") == nil {
		return
	}
	if c.has("setup") {
		c.set("setup", setup)
	} else {
		c.setAfter("mocks", "setup", setup)
	}
	setup.set("mocks", append(slices.Clone(setup.list("mocks")), mocks...))
	n.changed(join(path, "mocks"), mocks, setup.get("mocks"), "mocks belong to the set-up")
	c.delete("mocks")
}
