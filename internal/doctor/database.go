package doctor

import (
	"context"
	"fmt"
	"time"

	"github.com/augmentedos/graph/migrations"
	"github.com/augmentedos/graph/repository"
)

func server(ctx context.Context, p *patient) ([]Finding, error) {
	s, err := p.store.Server(ctx)
	if err != nil {
		return nil, err
	}
	var found []Finding
	if s.Major < migrations.OldestMajor {
		found = append(found, Finding{Error, "OLD_SERVER", s.Version, fmt.Sprintf("the schema needs PostgreSQL %d or later", migrations.OldestMajor), "Move the database to a newer server with pg_dump and pg_restore."})
	}
	if s.Standby {
		found = append(found, Finding{Info, "STANDBY", s.Database, "this is a read replica: it can only be as well as its primary", "Point DATABASE_URL at the primary to look there."})
	}
	if s.Encoding != "UTF8" {
		found = append(found, Finding{Error, "ENCODING", s.Database, "the database stores text as " + s.Encoding + ", documents may not fit", "Create the database with encoding UTF8 and restore a dump into it."})
	}
	return found, nil
}

func extensions(ctx context.Context, p *patient) ([]Finding, error) {
	return p.find(ctx, repository.ExtensionsMissing, func(s repository.Symptom) Finding {
		return Finding{Error, "EXTENSION_MISSING", s.Subject, "the extension is not in this database", fmt.Sprintf("As the database's owner: create extension %q; if the server does not have it, install its contrib modules first.", s.Subject)}
	})
}

func schema(ctx context.Context, p *patient) ([]Finding, error) {
	state, err := migrations.Status(ctx, p.URL)
	if err != nil {
		return nil, err
	}
	switch {
	case state.Version == 0:
		return []Finding{{Error, "NO_SCHEMA", "", "the database does not have our tables yet", "Run `augmentedos migrate`."}}, nil
	case !state.Current():
		return []Finding{{Error, "MIGRATIONS_PENDING", state.Pending[0], fmt.Sprintf("%d migrations of this release are not applied (the database is at %d, this release at %d)", len(state.Pending), state.Version, state.Newest), "Run `augmentedos migrate`."}}, nil
	case state.Ahead():
		return []Finding{{Warning, "MIGRATIONS_AHEAD", "", fmt.Sprintf("a newer release migrated the database to %d, this one knows %d", state.Version, state.Newest), "Run the doctor of the newer release: it knows what the schema should be."}}, nil
	}
	return nil, nil
}

// wantedRunway is how far ahead partitions reach at least on a well kept
// database; the server makes them two months ahead every hour.
const wantedRunway = 10 * 24 * time.Hour

func partitions(ctx context.Context, p *patient) ([]Finding, error) {
	found, err := p.find(ctx, repository.PartitionRunway, func(s repository.Symptom) Finding {
		f := Finding{Warning, "SHORT_RUNWAY", s.Subject, "there are partitions until " + s.Detail + " only; after it writes fail", "Run `augmentedos serve`, which makes them, or once: select aos_create_partitions();"}
		if until, err := time.Parse(time.DateOnly, s.Detail); err == nil && time.Until(until) < 24*time.Hour {
			f.Severity = Error
		}
		return f
	}, wantedRunway.String())
	if err != nil {
		return nil, err
	}
	detached, err := p.find(ctx, repository.PartitionsDetached, func(s repository.Symptom) Finding {
		return Finding{Info, "DETACHED_PARTITION", s.Subject, "this table was a partition; its rows are out of the graph", "Drop it when it is archived, or attach it again with alter table … attach partition."}
	})
	return append(found, detached...), err
}

func triggers(ctx context.Context, p *patient) ([]Finding, error) {
	var tables, names []string
	var always []bool
	statements := map[string]string{}
	for _, t := range migrations.Triggers() {
		tables, names, always = append(tables, t.Table), append(names, t.Name), append(always, t.Always)
		statements[t.Table+"."+t.Name] = t.Statement
	}
	return p.find(ctx, repository.TriggersLost, func(s repository.Symptom) Finding {
		f := Finding{Error, "TRIGGER_OFF", s.Subject, "the trigger is " + s.Detail + "; changes go unnoticed or unchecked", ""}
		table, name := cut(s.Subject)
		switch statement, ours := statements[s.Subject]; {
		case s.Detail != "missing" && ours && isCapture(name):
			f.Remedy = fmt.Sprintf("alter table %s enable always trigger %s;", table, name)
		case s.Detail != "missing":
			f.Remedy = fmt.Sprintf("alter table %s enable trigger %s;", table, name)
		default:
			f.Remedy = statement
		}
		return f
	}, tables, names, always)
}

func indexes(ctx context.Context, p *patient) ([]Finding, error) {
	var tables, names []string
	statements := map[string]string{}
	for _, i := range migrations.Indexes() {
		tables, names = append(tables, i.Table), append(names, i.Name)
		statements[i.Table+"."+i.Name] = i.Statement
	}
	return p.find(ctx, repository.IndexesLost, func(s repository.Symptom) Finding {
		_, name := cut(s.Subject)
		if s.Detail == "invalid" {
			return Finding{Error, "INDEX_INVALID", s.Subject, "the index was not built to its end; it slows writes and serves no read", "reindex index concurrently " + name + ";"}
		}
		return Finding{Warning, "INDEX_MISSING", s.Subject, "the index is missing: some lists, filters or edges read whole tables", statements[s.Subject]}
	}, tables, names)
}

func feed(ctx context.Context, p *patient) ([]Finding, error) {
	found, err := p.find(ctx, repository.SequencesCached, func(s repository.Symptom) Finding {
		return Finding{Error, "SEQUENCE_CACHED", s.Subject, "the sequence hands out " + s.Detail + " numbers at a time, so that changes can arrive in a wrong order", "alter sequence " + s.Subject + " cache 1;"}
	})
	if err != nil {
		return nil, err
	}
	foreign, err := p.find(ctx, repository.LedgerOfAnother, func(s repository.Symptom) Finding {
		return Finding{Info, "LEDGER_OF_ANOTHER", s.Subject, "the last entry was written in another cluster, as after restoring a dump; subscriptions begin anew", "Nothing to do: a running server begins a new generation."}
	})
	return append(found, foreign...), err
}

func limits(ctx context.Context, p *patient) ([]Finding, error) {
	found, err := p.find(ctx, repository.Unlimited, func(s repository.Symptom) Finding {
		return Finding{Info, "NO_STATEMENT_TIMEOUT", s.Subject, "PostgreSQL stops no statement of this role; only the server's own time limit does", "augmentedos migrate --statement-timeout 30s"}
	})
	if err != nil {
		return nil, err
	}
	open, err := p.find(ctx, repository.TransactionsLeftOpen, func(s repository.Symptom) Finding {
		return Finding{Warning, "TRANSACTION_LEFT_OPEN", "pid " + s.Subject, "a transaction is open for more than an hour (" + s.Detail + "); it keeps VACUUM and live updates back", "End it where it runs, or: select pg_terminate_backend(" + s.Subject + ");"}
	})
	return append(found, open...), err
}
