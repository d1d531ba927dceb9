// Package rules lists the rules of review. Each lives in a folder of its own,
// named after the weakness that it finds, with its test cases beside it.
package rules

//go:generate go run gen.go
//go:generate go run ./coverage -out ../../docs/coverage.md
