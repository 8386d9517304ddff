package fault

import "strings"

// List is several faults of one input, such as all violations of a document:
// a user mends them together instead of one per attempt.
type List []*Fault

// OrNil is the list as an error, nil when it is empty.
func (l List) OrNil() error {
	if len(l) == 0 {
		return nil
	}
	return l
}

func (l List) Error() string {
	messages := make([]string, len(l))
	for i, f := range l {
		messages[i] = f.Message
	}
	return strings.Join(messages, "; ")
}

// Unwrap makes errors.As find the first fault, so a list has a code too.
func (l List) Unwrap() []error {
	errs := make([]error, len(l))
	for i, f := range l {
		errs[i] = f
	}
	return errs
}
