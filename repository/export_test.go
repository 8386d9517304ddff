package repository

import "context"

// SmallTable is how many pages a table has that is read whole.
const SmallTable = smallTable

// Large makes tables large ones that have more pages than that, so that tests see
// the rule at work on few rows.
func (s *Store) Large(pages int64) *Store {
	s.small = pages
	return s
}

// Statement is what a list would send; keys nil is a list at the root.
func (s *Store) Statement(ctx context.Context, d *Descriptor, r Relation, q ListQuery, keys []any) (string, []any, error) {
	if keys == nil {
		sel, a, err := s.list(ctx, d, q)
		return sel.sql(), a, err
	}
	sel, a, err := s.listByKeys(ctx, d, r, q, keys)
	return sel.sql(), a, err
}

// PrefixAt is how ids begin that a filter by this column takes.
func (d *Descriptor) PrefixAt(column string) string { return d.prefixAt(column) }
