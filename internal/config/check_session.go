package config

import (
	"fmt"

	"github.com/wswarden/wswarden/catalogue"
)

func (c *checker) introspection(i *fileIntrospection) *Introspection {
	const at = "sign_in.introspection"
	out := &Introspection{URL: i.URL, ClientID: i.ClientID, Audience: i.Audience, Timeout: i.Timeout}
	if c.need(at+".url", "write the address of the issuer's introspection endpoint") && i.URL != "" {
		if u, ok := c.url(at+".url", i.URL, "http", "https", "https://id.example.com/introspect"); ok && !u.secure && !u.loopback() {
			out.InsecurePlaintext = true
			c.warn(catalogue.PlaintextTransport, at+".url", "tokens travel to the endpoint in plaintext, and whoever is on the way can answer in its place", "write https://")
		}
	}
	c.need(at+".client_id", "write the name of the guard at the issuer")
	if c.need(at+".client_secret_env", "name the environment variable with the guard's secret at the issuer") {
		out.ClientSecret = c.secret(at+".client_secret_env", i.ClientSecretEnv, 1) // the issuer chose it
	}
	return out
}

func (c *checker) logout(l *fileLogout) *Logout {
	const at = "sign_in.logout"
	c.need(at+".issuer", "write the value of iss that logout tokens must have")
	c.need(at+".audience", "write the value of aud that logout tokens must have: without it the news of another application ends sessions here")
	if n := c.count(at, "jwks_file", "jwks_url"); n != 1 {
		c.problem(at, opens(catalogue.TokenUnverified, fmt.Sprintf("%d of jwks_file and jwks_url are set", n)), "set exactly one: a logout token is verified with the issuer's public keys")
	}
	if l.JWKSFile != "" {
		l.JWKSFile = c.resolve(l.JWKSFile)
		c.keySet(at+".jwks_file", l.JWKSFile)
	}
	c.keySetURL(at+".jwks_url", l.JWKSURL)
	return &Logout{Issuer: l.Issuer, Audience: l.Audience, JWKSFile: l.JWKSFile, JWKSURL: l.JWKSURL}
}
