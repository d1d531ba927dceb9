package guard

import "strconv"

// CloseCode is a close code of RFC 6455 section 7.4, the IANA registry or this
// guard (4001 and up).
type CloseCode uint16

// The close codes that a guard sends. A backend's own codes pass unchanged.
const (
	CloseNormal       CloseCode = 1000
	CloseGoingAway    CloseCode = 1001
	CloseProtocol     CloseCode = 1002
	CloseType         CloseCode = 1003
	CloseUTF8         CloseCode = 1007
	ClosePolicy       CloseCode = 1008
	CloseTooBig       CloseCode = 1009
	CloseInternal     CloseCode = 1011
	CloseRestart      CloseCode = 1012
	CloseBusy         CloseCode = 1013
	CloseUpstream     CloseCode = 1014
	CloseSessionEnded CloseCode = 4001
	CloseDenied       CloseCode = 4003
	CloseExpired      CloseCode = 4008
	CloseSuperseded   CloseCode = 4009
	CloseSchema       CloseCode = 4022
	CloseRate         CloseCode = 4029
	CloseSlowConsumer CloseCode = 4040
	closeNone         CloseCode = 1005

	// maxCloseReasonBytes is what a control frame leaves (RFC 6455 section 5.5).
	maxCloseReasonBytes = 123
)

// String returns the number.
func (c CloseCode) String() string { return strconv.Itoa(int(c)) }
