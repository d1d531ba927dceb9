package celpolicy

import "github.com/wswarden/wswarden/guard"

// Interpret evaluates without the tests that spare the interpreter.
func (c *Condition) Interpret(f *guard.Facts) (bool, error) { return c.interpret(complete(f)) }

// Interpret is the same for values.
func (x *Expression) Interpret(dst []byte, f *guard.Facts) ([]byte, error) {
	return x.interpret(dst, complete(f))
}

// IsQuick reports whether the condition is compiled to tests.
func (c *Condition) IsQuick() bool { return c.quick != nil }

// Counted reports whether the cost of each evaluation is counted.
func (c *Condition) Counted() bool { return c.e.counted }
