package jsonschema

import (
	"encoding/json"
	"strconv"
	"strings"
)

// Retry policies come in five spellings: attempts or retries, milliseconds or
// durations, camel or snake case. A task's policy is stored as maxRetries and
// its companions, a step's as maxAttempts and its companions; both count
// milliseconds.

// camelKeys are the snake-case names of task instances.
var camelKeys = []struct{ from, to string }{
	{"max_retries", "maxRetries"}, {"retry_interval", "retryInterval"}, {"backoff_multiplier", "backoffMultiplier"},
	{"max_retry_interval", "maxRetryInterval"}, {"retryable_errors", "retryableErrors"},
}

// taskRetryPolicy is the form of task definitions and task instances.
func (n *normalizer) taskRetryPolicy(value any) any {
	old, ok := value.(*object)
	if !ok {
		return value
	}
	policy := old.clone()
	camel(policy)
	byAttempts := shift(policy, "maxAttempts", "maxRetries", -1)
	for _, name := range []struct{ from, to string }{
		{"initialInterval", "retryInterval"}, {"delay", "retryInterval"}, {"initialDelayMs", "retryInterval"},
		{"maxInterval", "maxRetryInterval"}, {"maxDelayMs", "maxRetryInterval"},
	} {
		policy.rename(name.from, name.to)
	}
	constant := policy.rename("retryDelay", "retryInterval")
	inMilliseconds(policy, "retryInterval", "maxRetryInterval")
	strategy(policy)
	if constant {
		setMissing(policy, "backoffMultiplier", json.Number("1"))
	}
	if byAttempts {
		setMissing(policy, "retryInterval", json.Number("1000"))
		setMissing(policy, "backoffMultiplier", json.Number("2"))
	}
	return n.policy("", old, policy, "nonRetryableErrors", "escalationTimeoutMs")
}

// stepRetryPolicy is the form of workflow steps.
func (n *normalizer) stepRetryPolicy(step *object, path string) {
	old := step.object("retryPolicy")
	if old == nil {
		return
	}
	policy := old.clone()
	camel(policy)
	shift(policy, "maxRetries", "maxAttempts", 1)
	constant := policy.rename("retryDelay", "initialInterval")
	for _, name := range []struct{ from, to string }{
		{"retryInterval", "initialInterval"}, {"delay", "initialInterval"}, {"initialDelayMs", "initialInterval"},
		{"maxRetryInterval", "maxInterval"}, {"maxDelayMs", "maxInterval"},
	} {
		policy.rename(name.from, name.to)
	}
	inMilliseconds(policy, "initialInterval", "maxInterval")
	strategy(policy)
	if constant {
		setMissing(policy, "backoffMultiplier", json.Number("1"))
	}
	step.set("retryPolicy", n.policy(join(path, "retryPolicy"), old, policy, "escalationTimeoutMs"))
}

// policy reports the change of a policy as a whole and takes out the keys that
// have no place in its form.
func (n *normalizer) policy(path string, old, policy *object, foreign ...string) *object {
	var dropped []string
	for _, key := range foreign {
		if policy.has(key) {
			policy.delete(key)
			dropped = append(dropped, key)
		}
	}
	if sameJSON(old, policy) {
		return old
	}
	note := "the retry policy is written in its stored form"
	if len(dropped) > 0 {
		note += "; it has no place for " + strings.Join(dropped, ", ")
	}
	n.changed(path, old, policy, note)
	return policy
}

func camel(policy *object) {
	for _, name := range camelKeys {
		policy.rename(name.from, name.to)
	}
}

// shift renames a count that includes the first try to one that does not, or
// the other way round.
func shift(policy *object, from, to string, by int64) bool {
	number, ok := policy.get(from).(json.Number)
	if !ok || policy.has(to) {
		return false
	}
	count, err := strconv.ParseInt(number.String(), 10, 32)
	if err != nil {
		return false
	}
	policy.rename(from, to)
	policy.set(to, json.Number(strconv.FormatInt(max(count+by, 0), 10)))
	return true
}

func inMilliseconds(policy *object, keys ...string) {
	for _, key := range keys {
		if text, ok := policy.get(key).(string); ok {
			if ms, ok := millisecondsOf(text); ok {
				policy.set(key, ms)
			}
		}
	}
}

// strategy expresses the named strategies by their multiplier.
func strategy(policy *object) {
	multiplier := map[string]json.Number{"exponential": "2", "fixed": "1"}[strings.ToLower(policy.text("strategy"))]
	if multiplier == "" {
		return
	}
	if policy.has("backoffMultiplier") {
		policy.delete("strategy")
		return
	}
	policy.rename("strategy", "backoffMultiplier")
	policy.set("backoffMultiplier", multiplier)
}

func setMissing(o *object, key string, value any) {
	if !o.has(key) {
		o.set(key, value)
	}
}
