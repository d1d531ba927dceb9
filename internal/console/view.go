package console

import (
	"cmp"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/internal/audit"
)

const (
	// maxPage bounds what a viewer gets of the connections at once.
	maxPage = 100
	// maxQuery bounds what it searches for.
	maxQuery = 256
)

// view is what a viewer looks at. It is all that the page sends.
type view struct {
	Type  string `json:"type"`  // "view"
	Group bool   `json:"group"` // users with how many connections each has
	Route string `json:"route"` // of this route alone; empty means all
	// User, if set, is the one whose connections are meant, as it is displayed;
	// "" is nobody who signed in.
	User   *string `json:"user"`
	Query  string  `json:"query"` // what user, address or ID hold
	Offset int     `json:"offset"`
	Limit  int     `json:"limit"`
}

func readView(data []byte) (view, error) {
	var v view
	d := json.NewDecoder(strings.NewReader(string(data)))
	d.DisallowUnknownFields()
	if err := d.Decode(&v); err != nil || d.More() {
		return v, errors.New("not a view")
	}
	if v.Type != "view" || v.Offset < 0 || v.Limit < 1 || v.Limit > maxPage || len(v.Query) > maxQuery {
		return v, errors.New("a view out of bounds")
	}
	v.Query = strings.ToLower(v.Query)
	return v, nil
}

// page is what there is to see of a view.
type page struct {
	Total       int          `json:"total"`           // of what the view selects
	Offset      int          `json:"offset"`          // of the first below
	Connections []connection `json:"rows,omitempty"`  // oldest first
	Users       []userGroup  `json:"users,omitempty"` // most connections first
}

// userGroup is a user with what he has open.
type userGroup struct {
	User        string    `json:"user"`
	Connections int       `json:"count"`
	Sessions    int       `json:"sessions"`
	Routes      []string  `json:"routes"`
	Since       time.Time `json:"since"` // of the oldest connection
	One         string    `json:"one"`   // a connection of his, by which he can be named
}

// key tells views apart.
type key struct {
	group, ofUser      bool
	route, user, query string
	offset, limit      int
}

func (v *view) key() key {
	k := key{group: v.Group, ofUser: v.User != nil, route: v.Route, query: v.Query, offset: v.Offset, limit: v.Limit}
	if k.ofUser {
		k.user = *v.User
	}
	return k
}

// moment is the connections at one time, with the pages that were made of them:
// several viewers mostly look at the same.
type moment struct {
	all   []guard.Connection
	pages map[key]page
}

func (m *moment) show(v *view) page {
	k := v.key()
	p, ok := m.pages[k]
	if !ok {
		p = v.show(m.all)
		m.pages[k] = p
	}
	return p
}

// show returns what v selects of the connections, which are in order of age.
func (v *view) show(all []guard.Connection) page {
	selected := all
	if v.Route != "" || v.User != nil || v.Query != "" {
		selected = nil
		for i := range all {
			if v.selects(&all[i]) {
				selected = append(selected, all[i])
			}
		}
	}
	if v.Group {
		users := byUser(selected)
		p := page{Total: len(users)}
		p.Users, p.Offset = window(users, v.Offset, v.Limit)
		for i := range p.Users {
			p.Users[i].User = shown(p.Users[i].User)
		}
		return p
	}
	p := page{Total: len(selected)}
	rows, offset := window(selected, v.Offset, v.Limit)
	for _, k := range rows {
		p.Connections = append(p.Connections, row(k, shown(k.User)))
	}
	p.Offset = offset
	return p
}

func row(k guard.Connection, user string) connection {
	return connection{k.ID, k.Route, user, audit.Pseudonym(k.Session), k.Client, k.Since.UTC()}
}

func (v *view) selects(k *guard.Connection) bool {
	switch {
	case v.Route != "" && k.Route != v.Route:
		return false
	case v.User != nil && !isShownAs(k.User, *v.User):
		return false
	}
	return v.Query == "" || strings.Contains(strings.ToLower(k.User), v.Query) || strings.Contains(k.Client, v.Query) || strings.Contains(k.ID, v.Query)
}

// byUser groups connections, those of nobody in particular as one.
func byUser(all []guard.Connection) []userGroup {
	at := map[string]int{}
	var users []userGroup
	sessions := map[[2]string]bool{}
	for i := range all {
		k := &all[i]
		n, ok := at[k.User]
		if !ok {
			n = len(users)
			at[k.User] = n
			users = append(users, userGroup{User: k.User, Since: k.Since.UTC(), One: k.ID})
		}
		u := &users[n]
		u.Connections++
		if key := [2]string{k.User, k.Session}; k.Session != "" && !sessions[key] {
			sessions[key] = true
			u.Sessions++
		}
		if !slices.Contains(u.Routes, k.Route) {
			u.Routes = append(u.Routes, k.Route)
		}
	}
	slices.SortStableFunc(users, func(a, b userGroup) int { return cmp.Compare(b.Connections, a.Connections) })
	return users
}

// window returns at most limit elements from offset on, from the last full page
// where there are not so many any more.
func window[T any](all []T, offset, limit int) ([]T, int) {
	if offset >= len(all) {
		offset = max(0, (len(all)-1)/limit*limit)
	}
	return all[offset:min(offset+limit, len(all))], offset
}
