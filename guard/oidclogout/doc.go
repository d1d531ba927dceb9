// Package oidclogout takes the news of an identity provider that sign-ins have
// ended, and revokes them: logout tokens of OpenID Connect Back-Channel Logout
// 1.0, and the event session-revoked of CAEP, pushed as security event tokens
// (RFC 8417, RFC 8935).
//
// Anybody can reach its endpoints. It believes what one issuer has signed for
// one audience, once, and answers in constant text. It signs nobody in, and it
// does not ask the provider for anything but its keys.
package oidclogout
