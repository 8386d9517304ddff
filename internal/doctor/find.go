package doctor

import (
	"context"
	"fmt"
	"strings"

	"github.com/augmentedos/graph/repository"
)

// shown is how many rows with the same fault are told one by one.
const shown = 10

// find runs an examination and makes a finding of each symptom.
func (p *patient) find(ctx context.Context, sql string, make func(repository.Symptom) Finding, args ...any) ([]Finding, error) {
	symptoms, err := p.store.Examine(ctx, sql, args...)
	return told(symptoms, make), err
}

// told makes findings of symptoms; of many, the first ones and how many more
// there are.
func told(symptoms []repository.Symptom, make func(repository.Symptom) Finding) []Finding {
	var found []Finding
	for _, s := range symptoms[:min(len(symptoms), shown)] {
		found = append(found, make(s))
	}
	if more := len(symptoms) - shown; more > 0 {
		found = append(found, others(found[0], more, len(symptoms) >= repository.MostSymptoms))
	}
	return found
}

func others(like Finding, n int, atLeast bool) Finding {
	text := fmt.Sprintf("%d more like this", n)
	if atLeast {
		text = fmt.Sprintf("at least %d more like this", n)
	}
	return Finding{Severity: like.Severity, Code: like.Code, Message: text}
}

// cut parts "table.name".
func cut(subject string) (table, name string) {
	i := strings.LastIndexByte(subject, '.')
	return subject[:i], subject[i+1:]
}

func isCapture(trigger string) bool { return strings.HasPrefix(trigger, "aos_50_") }
