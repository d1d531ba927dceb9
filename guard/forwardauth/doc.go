// Package forwardauth asks the application itself who a client is: it hands
// the cookies or the opaque token of a request to one address of the
// application and reads the claims that come back. It suits applications whose
// sessions only they can judge.
//
// It fails closed: only 200 with the claims of a user admits, and whatever is
// not a plain yes or no is an error, on which a guard answers 503. It is not a
// reverse proxy: of the client's request it passes on the headers that it was
// told to, nothing else, and of the answer nothing but claims is used.
package forwardauth
