package guard

import (
	"context"
	"time"
)

// RevocationStore keeps which sign-ins have ended before their time. A marker
// stands for each, so that a guard that starts later, or whose subscription
// was interrupted, learns of it too.
type RevocationStore interface {
	// Revoke writes the marker of r, and only then tells those who watch, on
	// every node. When it returns nil, every later Revoked of any node reports
	// the marker. A second marker for the same name replaces the first but never
	// weakens it: At and Expires are the later ones of both. On an error
	// nothing, the marker alone, or all of it may have happened: the caller may
	// repeat it.
	Revoke(ctx context.Context, r Revocation) error
	// Revoked returns the markers in force that bear the name of any of the
	// subjects, and the one for all, each at most once and in any order. It
	// compares names alone: whether a sign-in is newer than a marker is for the
	// guard to judge. A long list is asked in parts.
	Revoked(ctx context.Context, subjects ...Subject) ([]Revocation, error)
	// Watch reports revocations until ctx is done, and returns then, with no
	// callback running any more. It calls w.Missed when it begins to hear and
	// each time that it hears again after an interruption: what was revoked
	// before may not be told, and is to be read from the markers. Then it calls
	// w.Revoked for each revocation, by whichever node, at least once. Callbacks
	// come one after the other and may call Revoked, not Revoke. A store that loses its
	// connection goes on by itself; it returns an error only if it can't watch
	// at all.
	Watch(ctx context.Context, w RevocationWatch) error
}

// RevocationWatch is what [RevocationStore.Watch] calls. Both must be set.
type RevocationWatch struct {
	Revoked func(Revocation)
	Missed  func()
}

// Revocation says whose sign-ins have ended. Exactly one of User, Session,
// Token and All is set. A session and a token end for good; a user and all end
// as far as they signed in before At.
type Revocation struct {
	User    string
	Session string
	Token   string
	All     bool
	// At is when it was ordered.
	At time.Time
	// Expires is when the marker may be forgotten: nothing that it ends lasts
	// any longer.
	Expires time.Time
}

// Subject is what markers are looked up by; empty fields match none.
type Subject struct{ User, Session, Token string }
