// Package trading holds what the three servers of the trading example share:
// the accounts and prices they start with, the page they serve, and the
// configuration of the guard in front of them. It is not a server; the one in
// Go is package goserver.
package trading

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
)

//go:embed page/index.html page/app.js page/style.css
var pageFiles embed.FS

//go:embed platform.json
var platformFile []byte

//go:embed wswarden.yaml
var guardConfig []byte

// Account is one customer as the platform starts with it.
type Account struct {
	User     string   `json:"user"`     // the id, as in orders and channels
	Password string   `json:"password"` // plain: these are demo accounts
	Name     string   `json:"name"`
	Email    string   `json:"email"`
	Roles    []string `json:"roles"`
	Balance  float64  `json:"balance"`
	TaxID    string   `json:"taxId"` // what a profile should never show to others
}

// Platform is the state that every flavour of the server starts with.
type Platform struct {
	Issuer     string             `json:"issuer"`      // iss of the tokens
	Audience   string             `json:"audience"`    // aud of the tokens
	DemoSecret string             `json:"demo_secret"` // HS256 key when none is configured
	Prices     map[string]float64 `json:"prices"`      // by symbol
	Accounts   []Account          `json:"accounts"`
}

// LoadPlatform reads the embedded platform.json. Every call returns a fresh
// copy, so that servers in one process share nothing. It panics when the file
// is broken, which no input of a running program can cause.
func LoadPlatform() Platform {
	var p Platform
	if err := json.Unmarshal(platformFile, &p); err != nil {
		panic(fmt.Sprintf("read platform.json: %v", err))
	}
	return p
}

// Page returns the files of the page: index.html, app.js and style.css.
func Page() fs.FS {
	sub, err := fs.Sub(pageFiles, "page")
	if err != nil {
		panic(fmt.Sprintf("open page: %v", err))
	}
	return sub
}

// GuardConfig returns the text of wswarden.yaml, the guard's configuration for
// a platform on 127.0.0.1:3000 with the guard on 127.0.0.1:8080.
func GuardConfig() []byte {
	return append([]byte(nil), guardConfig...)
}
