// Package routing is what events set off. Publishing checks an event, stores it
// and puts it into a queue; workers take it from there, decide what every
// trigger, cancellation and wait makes of it, and do that in one transaction.
// The same decisions explain, without doing anything, why an event did or did
// not set something off.
package routing
