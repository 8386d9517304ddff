package stream

// Starting counts the members of cohorts that are on their way to now.
func (s *Streams) Starting() (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.starting {
		c.mu.Lock()
		n += len(c.members)
		c.mu.Unlock()
	}
	return n
}

// Shared counts live cohorts, what they have in common, and the executions that
// are kept for it.
func (s *Streams) Shared() (cohorts, groups, executions int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, g := range s.groups {
		g.mu.Lock()
		executions += len(g.idle)
		g.mu.Unlock()
	}
	return len(s.cohorts), len(s.groups), executions
}
