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
