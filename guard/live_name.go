package guard

import (
	"slices"
)

// subjectKind is what a revocation can name.
type subjectKind uint8

const (
	byUser subjectKind = iota
	bySession
	byToken
	subjectKinds
)

// subjectNames are the names that a connection is found by; an empty one finds
// nothing.
type subjectNames [subjectKinds]string

func namesOf(id *Identity) subjectNames { return subjectNames{id.User, id.Session, id.Token} }

func (n subjectNames) subject() Subject {
	return Subject{User: n[byUser], Session: n[bySession], Token: n[byToken]}
}

// names returns whom r names.
func (r Revocation) names() subjectNames { return subjectNames{r.User, r.Session, r.Token} }

// nameIndex finds connections by their names, so that ending a session costs
// what its connections cost and not what all cost. Connections of one name are
// a list that runs through them, which takes no memory of its own. live.mu must
// be held for all of it.
type nameIndex struct{ first map[subjectKey]*conn }

type subjectKey struct {
	kind subjectKind
	name string
}

// siblings are the neighbours of a connection in a list.
type siblings struct{ before, after *conn }

func (x *nameIndex) init() { x.first = map[subjectKey]*conn{} }

func (x *nameIndex) add(c *conn, names subjectNames) {
	for kind, name := range names {
		if name == "" {
			continue
		}
		key := subjectKey{subjectKind(kind), name}
		next := x.first[key]
		c.linked[kind] = siblings{after: next}
		if next != nil {
			next.linked[kind].before = c
		}
		x.first[key] = c
	}
}

func (x *nameIndex) remove(c *conn, names subjectNames) {
	for kind, name := range names {
		if name == "" {
			continue
		}
		at := c.linked[kind]
		c.linked[kind] = siblings{}
		if at.after != nil {
			at.after.linked[kind].before = at.before
		}
		switch key := (subjectKey{subjectKind(kind), name}); {
		case at.before != nil:
			at.before.linked[kind].after = at.after
		case at.after != nil:
			x.first[key] = at.after
		default:
			delete(x.first, key)
		}
	}
}

// find returns the connections of a name.
func (x *nameIndex) find(kind subjectKind, name string) []*conn {
	var found []*conn
	for c := x.first[subjectKey{kind, name}]; c != nil; c = c.linked[kind].after {
		found = append(found, c)
	}
	return found
}

// revoked returns the connections that r ends.
func (l *live) revoked(r Revocation) []*conn {
	l.mu.Lock()
	defer l.mu.Unlock()
	var found []*conn
	if r.All {
		for _, c := range l.by {
			found = append(found, c)
		}
	} else {
		for kind, name := range r.names() {
			if name != "" {
				found = l.named.find(subjectKind(kind), name)
			}
		}
	}
	return slices.DeleteFunc(found, func(c *conn) bool { return !r.ends(c.authenticated) })
}

// subjects returns what the store is asked about for all connections. None may have
// a name; some reports whether there are any.
func (l *live) subjects() (all []Subject, some bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	all = make([]Subject, 0, len(l.by))
	for _, c := range l.by {
		if c.names != (subjectNames{}) {
			all = append(all, c.names.subject())
		}
	}
	return all, len(l.by) > 0
}

// identity returns what markers say about the sign-in that c rests on.
func (l *live) identity(c *conn) *Identity {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := c.names.subject()
	return &Identity{User: n.User, Session: n.Session, Token: n.Token, Authenticated: c.authenticated}
}

// rename puts c, if it is still there, under the names of a later sign-in.
func (l *live) rename(c *conn, id *Identity) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.by[c.id] == nil {
		return
	}
	l.named.remove(c, c.names)
	c.names, c.authenticated = namesOf(id), id.Authenticated
	l.named.add(c, c.names)
}
