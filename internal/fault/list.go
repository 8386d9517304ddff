package fault

import (
	"errors"
	"strings"
)

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

// Move puts path in front of the places of the faults in err: what was wrong
// with a part of an input is told at the part. Other errors stay as they are.
func Move(err error, path string) error {
	list := ListOf(err)
	if list == nil {
		return err
	}
	moved := make(List, len(list))
	for i, f := range list {
		moved[i] = f.At(path + f.Path)
	}
	return moved
}

// ListOf is err as a list of faults; what is no fault is left out.
func ListOf(err error) List {
	var list List
	if errors.As(err, &list) {
		return list
	}
	var f *Fault
	if errors.As(err, &f) {
		return List{f}
	}
	return nil
}
