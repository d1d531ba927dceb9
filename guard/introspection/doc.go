// Package introspection asks the issuer of a token whether it holds (RFC
// 7662). It suits opaque tokens, which nobody else can judge, and tokens that
// were judged by their signature and may have been revoked since.
//
// It fails closed: only an answer with "active": true and the claims of a user
// admits, and whatever is not a plain yes or no is an error, on which a guard
// answers 503. It keeps no answer: each question is asked anew.
package introspection
