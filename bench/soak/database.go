package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/augmentedos/graph/bench/rig"
)

// What happens to PostgreSQL and to the pooler before it.

func (s *soak) cutDatabase(context.Context) error {
	s.database.Cut()
	return nil
}

func (s *soak) killDatabase(ctx context.Context) error {
	if err := s.primary.Kill(); err != nil {
		return err
	}
	return s.primary.Start(ctx)
}

func (s *soak) powerLoss(ctx context.Context) error {
	if err := s.primary.Immediate(); err != nil {
		return err
	}
	return s.primary.Start(ctx)
}

func (s *soak) restartDatabase(ctx context.Context) error {
	if err := s.primary.Fast(); err != nil {
		return err
	}
	return s.primary.Start(ctx)
}

// exhaustConnections takes all connections there are while servers must make
// new ones.
func (s *soak) exhaustConnections(ctx context.Context) error {
	release, held := s.primary.Exhaust(ctx)
	defer release()
	if held == 0 {
		return errors.New("PostgreSQL took no connection")
	}
	s.database.Cut()
	pause(ctx, 3*time.Second)
	return nil
}

// fillDisk lets no file grow. PostgreSQL gives up as soon as its log does not
// fit, and cannot recover until there is room.
func (s *soak) fillDisk(ctx context.Context) error {
	free := s.primary.Fill()
	ended := s.primary.Ended(3 * time.Second)
	free()
	if ended || s.primary.Ended(time.Second) {
		return s.primary.Start(ctx)
	}
	return s.primary.Await(ctx)
}

// jumpClock changes what PostgreSQL takes for the time, on which order must not
// depend.
func (s *soak) jumpClock(ctx context.Context) error {
	for _, offset := range []string{"+12h", "-12h", "+0h"} {
		if err := s.setClock(ctx, offset); err != nil {
			return err
		}
		pause(ctx, 2*time.Second)
	}
	return nil
}

func (s *soak) setClock(ctx context.Context, offset string) error {
	err := s.primary.SetClock(ctx, offset)
	if errors.Is(err, rig.ErrNoClock) {
		return errSkipped
	}
	return err
}

// mostVisits keeps the clock from going past the 30 days after which the ledger
// is pruned: whatever is older would be gone.
const mostVisits = 3

// endRunway takes the partitions ahead away and lets the time come for which
// there is none. Those of times that were already visited hold changes and stay,
// so it goes further each time. No change may be written without its line in the log: writers
// are refused, until a server makes the partition at its next round. A partition
// cannot be taken away while a transaction is open that wrote to the log.
func (s *soak) endRunway(ctx context.Context) error {
	if s.visited == mostVisits {
		return errSkipped
	}
	s.open.Lock()
	defer s.open.Unlock()
	if err := s.setClock(ctx, "+0h"); err != nil {
		return err
	}
	if err := s.onceDatabaseAnswers(ctx, `do $$ declare p text; used boolean; begin
for p in select c.oid::regclass from pg_inherits i join pg_class c on c.oid = i.inhrelid
  where i.inhparent = 'change_log'::regclass and c.relname > 'change_log_y' || to_char(now() at time zone 'UTC', 'IYYY"w"IW')
loop execute 'select exists (select from ' || p || ')' into used; if not used then execute 'drop table ' || p; end if; end loop; end $$`); err != nil {
		return err
	}
	defer s.primary.SetClock(context.WithoutCancel(ctx), "+0h") //nolint:errcheck // it was set before
	s.visited++
	if err := s.setClock(ctx, fmt.Sprintf("+%dh", s.visited*8*24)); err != nil {
		return err
	}
	if rig.Query(ctx, s.primary.URL(name), "update workflow_instances set status = 'FAILED' where instance_id = 'i1' and status <> 'FAILED'") == nil {
		return errors.New("a change was written that no partition of the log could take")
	}
	pause(ctx, time.Second)
	n := s.anyNode()
	if err := s.restart(ctx, n); err != nil { // its first round makes partitions
		return err
	}
	if err := s.onceDatabaseAnswers(ctx, "update workflow_instances set revision = revision where instance_id = 'i1'"); err != nil {
		return err
	}
	pause(ctx, time.Second)
	if err := s.setClock(ctx, "+0h"); err != nil {
		return err
	}
	return s.restart(ctx, n) // the weeks between
}

func (s *soak) killBouncer(ctx context.Context) error {
	if s.bouncer == nil {
		return errSkipped
	}
	s.bouncer.Kill()
	pause(ctx, 200*time.Millisecond)
	return s.bouncer.Start(context.Background())
}

// narrowBouncer leaves all servers one connection for a while: that may only
// take longer.
func (s *soak) narrowBouncer(ctx context.Context) error {
	if s.bouncer == nil {
		return errSkipped
	}
	if err := s.bouncer.Resize(1); err != nil {
		return err
	}
	s.happened(ctx, "while there is one connection for all servers")
	pause(ctx, 5*time.Second)
	return s.bouncer.Resize(poolSize)
}

// commitMany commits more at once than fits into a message, a read, or what may
// wait for a client.
func (s *soak) commitMany(ctx context.Context) error {
	return s.journal.Many(ctx, s.primary.URL(name), 5000)
}
