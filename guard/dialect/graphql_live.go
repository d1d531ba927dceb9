package dialect

// graphQLLive is an operation that answers may still come for.
type graphQLLive struct {
	typ   string
	ended bool // by the client, which the server may not know yet
}

// maxEnded is how many operations are remembered that the client has ended.
const maxEnded = 256

// admits says why an operation with that id must not begin.
func (c *graphQLConversation) admits(id []byte) *Violation {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.live[string(id)] != nil {
		return ErrGraphQLID
	}
	if c.open >= c.o.Operations {
		return ErrGraphQLOperations
	}
	return nil
}

func (c *graphQLConversation) find(id []byte) (typ string, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	l := c.live[string(id)]
	if l == nil {
		return "", false
	}
	return l.typ, true
}

func (c *graphQLConversation) start(id []byte, typ string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.live[string(id)] = &graphQLLive{typ: typ}
	c.open++
}

// stop notes that the client wants no more of an operation. Answers may be under
// way, and are still judged as its answers: the id is not free yet.
func (c *graphQLConversation) stop(id []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	l := c.live[string(id)]
	if l == nil || l.ended {
		return
	}
	l.ended = true
	c.open--
	c.ended = append(c.ended, string(id))
	if len(c.ended) <= maxEnded {
		return
	}
	if oldest := c.live[c.ended[0]]; oldest != nil && oldest.ended {
		delete(c.live, c.ended[0])
	}
	c.ended = append(c.ended[:0], c.ended[1:]...)
}

// answered notes that the server says no more of an operation.
func (c *graphQLConversation) answered(id []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if l := c.live[string(id)]; l != nil && !l.ended {
		c.open--
	}
	delete(c.live, string(id))
}
