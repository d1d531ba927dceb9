package learn

// Proposal returns the proposal without writing it.
func (l *Learner) Proposal() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return string(l.proposal())
}
