package wire

import "strconv"

// CloseCode is a WebSocket close code (RFC 6455 section 7.4).
type CloseCode uint16

// The codes of the IANA registry "WebSocket Close Code Number". CloseReserved,
// CloseNoStatus, CloseAbnormal and CloseTLSHandshake never appear on the wire:
// they are what an application reports about a connection that ended without one.
const (
	CloseNormal              CloseCode = 1000
	CloseGoingAway           CloseCode = 1001
	CloseProtocolError       CloseCode = 1002
	CloseUnsupportedData     CloseCode = 1003
	CloseReserved            CloseCode = 1004
	CloseNoStatus            CloseCode = 1005
	CloseAbnormal            CloseCode = 1006
	CloseInvalidPayload      CloseCode = 1007
	ClosePolicyViolation     CloseCode = 1008
	CloseMessageTooBig       CloseCode = 1009
	CloseMandatoryExtension  CloseCode = 1010
	CloseInternalError       CloseCode = 1011
	CloseServiceRestart      CloseCode = 1012
	CloseTryAgainLater       CloseCode = 1013
	CloseBadGateway          CloseCode = 1014
	CloseTLSHandshake        CloseCode = 1015
	firstLibraryCloseCode    CloseCode = 3000
	lastApplicationCloseCode CloseCode = 4999
)

// Sendable reports whether c may stand in a Close frame: 1000 to 1003 and 1007
// to 1014 as registered, 3000 to 4999 for libraries and applications. RFC 6455
// section 7.4.1 forbids 1005, 1006 and 1015 on the wire and keeps 1004;
// section 7.4.2 leaves 0-999 unused and 1016-2999 to future registrations.
func (c CloseCode) Sendable() bool {
	switch {
	case c >= CloseNormal && c <= CloseUnsupportedData:
		return true
	case c >= CloseInvalidPayload && c <= CloseBadGateway:
		return true
	}
	return c >= firstLibraryCloseCode && c <= lastApplicationCloseCode
}

// String returns c in decimal.
func (c CloseCode) String() string { return strconv.Itoa(int(c)) }
