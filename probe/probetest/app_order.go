package probetest

import (
	"fmt"
	"sort"
	"strings"

	"github.com/wswarden/wswarden/internal/wire"
)

// maxOrders bounds what the twin keeps.
const maxOrders = 1000

func (c *conn) order(kind string, m message) {
	st := c.s.hub.state()
	st.mu.Lock()
	defer st.mu.Unlock()
	user := c.user()
	switch kind {
	case "list_orders":
		orders := []message{}
		for _, o := range st.orders {
			if o["owner"] == user {
				orders = append(orders, o)
			}
		}
		sort.Slice(orders, func(i, j int) bool { return orders[i]["id"].(int) < orders[j]["id"].(int) })
		c.say(message{"type": "orders", "orders": orders})
	case "get_order", "cancel_order":
		n, _ := m["id"].(float64)
		o := st.orders[int(n)]
		if o == nil || o["owner"] != user && !c.s.is(IDOR) {
			c.refuse("no such order")
			return
		}
		if kind == "cancel_order" {
			delete(st.orders, int(n))
			c.say(message{"type": "cancelled", "id": int(n)})
			return
		}
		c.say(message{"type": "order", "order": o})
	case "place_order":
		c.placeOrder(st, m)
	}
}

// placeOrder needs st.mu.
func (c *conn) placeOrder(st *state, m message) {
	owner := c.user()
	if claimed, ok := m["userId"].(string); ok && c.s.is(IdentityFromClient) {
		owner = claimed
	}
	if len(st.orders) >= maxOrders {
		c.refuse("too many orders")
		return
	}
	st.next++
	o := message{"id": st.next, "owner": owner, "item": m["item"], "quantity": m["quantity"]}
	st.orders[st.next] = o
	out := encode(message{"type": "order", "order": o})
	if c.s.is(BroadcastUnscoped) {
		c.s.hub.everybody(out)
		return
	}
	c.send(wire.Text, out)
	c.s.hub.publish("user:"+owner, out)
}

// items are what search finds.
var items = []string{"book", "lamp", "table"}

func (c *conn) search(m message) {
	q, isText := m["q"].(string)
	if !isText {
		if _, operator := m["q"].(message); operator && c.s.is(NoSQLOperators) {
			c.say(message{"type": "found", "items": items})
			return
		}
		q = fmt.Sprint(m["q"])
	}
	switch {
	case c.s.is(SQLErrors) && strings.Count(q, "'")%2 == 1:
		c.refuse(`error: unterminated quoted string at or near "'" (SQLSTATE 42601)`)
		return
	case c.s.is(TemplateEval) && strings.Contains(q, "{{"):
		q = evaluated(q)
	case c.s.is(PathRead) && strings.Contains(q, "../") && strings.HasSuffix(q, "etc/passwd"):
		c.say(message{"type": "found", "items": []string{"root:x:0:0:root:/root:/bin/sh"}})
		return
	}
	found := []string{}
	for _, i := range items {
		if strings.Contains(i, q) {
			found = append(found, i)
		}
	}
	answer := message{"type": "found", "items": found}
	if c.s.is(TemplateEval) {
		answer["for"] = q
	}
	c.say(answer)
}

// evaluated does what a template engine does with a product in braces.
func evaluated(q string) string {
	before, rest, _ := strings.Cut(q, "{{")
	inner, after, ok := strings.Cut(rest, "}}")
	var a, b int
	if n, err := fmt.Sscanf(inner, "%d*%d", &a, &b); !ok || err != nil || n != 2 {
		return q
	}
	return fmt.Sprintf("%s%d%s", before, a*b, after)
}
