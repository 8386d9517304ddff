package doctor

import (
	"context"
	"fmt"
	"log/slog"
	"strings"

	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/repository"
)

// Admit is what a server asks before it serves: is every change captured, and
// can changes be put in order? It refuses a database where one would be lost or
// come in a wrong order without anybody noticing. What is only about to go wrong
// it logs.
func Admit(ctx context.Context, store *repository.Store, log *slog.Logger) error {
	p := &patient{store: store}
	var fatal []Finding
	for _, run := range []func(context.Context, *patient) ([]Finding, error){partitions, triggers, feed} {
		found, err := run(ctx, p)
		if err != nil {
			return fmt.Errorf("looking at the database: %w", err)
		}
		for _, f := range found {
			switch {
			case breaksFeed(f):
				fatal = append(fatal, f)
			case f.Severity != Info:
				log.WarnContext(ctx, f.Message, "code", f.Code, "subject", f.Subject, "remedy", f.Remedy)
			}
		}
	}
	return refusal(fatal)
}

// breaksFeed is true for what makes the change feed lie. Partitions are made by
// the server itself; other triggers are missed by nobody who subscribes.
func breaksFeed(f Finding) bool {
	if f.Code == "TRIGGER_OFF" {
		_, name := cut(f.Subject)
		return isCapture(name)
	}
	return f.Code == "SEQUENCE_CACHED"
}

func refusal(fatal []Finding) error {
	if len(fatal) == 0 {
		return nil
	}
	var what, remedies []string
	for _, f := range fatal {
		what = append(what, f.Subject+": "+f.Message)
		remedies = append(remedies, f.Remedy)
	}
	return fault.Errorf(fault.Unavailable, "changes would be lost or disordered: %s", strings.Join(what, "; ")).
		Hint("As the database's owner: %s", strings.Join(remedies, " "))
}
