package guard

import "net/http"

// Own returns next as an endpoint of the guard's own on the public listener:
// behind the same Host list and the same rate for one address as a handshake.
// next answers everything else.
func (g *Guard) Own(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a := &attempt{g: g, plan: g.plan.Load(), r: r, event: newID(eventIDBytes)}
		defer g.recovered(func() { a.refuse(w, internalFailure()) })
		if d := a.admitOwn(); d != nil {
			a.refuse(w, d)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// admitOwn judges where a request comes from.
func (a *attempt) admitOwn() *Denial {
	a.readOrigin()
	if d := judgeHeaders(a.r); d != nil {
		return d
	}
	if d := a.identifyClient(); d != nil {
		return d
	}
	return a.g.paceAddress(a.plan, a.client)
}
