package guard

import "cmp"

// withDefaults returns a copy of p with every empty field filled in.
func (p *MessagePolicy) withDefaults() *MessagePolicy {
	if p == nil {
		return nil
	}
	q := *p
	q.Type = cmp.Or(q.Type, "type")
	q.Unknown = cmp.Or(q.Unknown, UnknownReject)
	q.UnknownServer = cmp.Or(q.UnknownServer, UnknownPass)
	q.Binary = cmp.Or(q.Binary, BinaryReject)
	q.Reject = cmp.Or(q.Reject, RejectReply)
	q.ErrorDetail = cmp.Or(q.ErrorDetail, DetailMask)
	q.JSON = q.JSON.WithDefaults()
	q.ServerJSON = serverJSON(q.ServerJSON).WithDefaults()
	return &q
}
