package jsonscan_test

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/internal/jsonscan"
)

// decimalText writes a random number as JSON has it.
func decimalText(r *rand.Rand) string {
	digits := func(n int) string {
		var b strings.Builder
		for range n {
			b.WriteByte("0000123459"[r.IntN(10)])
		}
		return b.String()
	}
	var b strings.Builder
	if r.IntN(3) == 0 {
		b.WriteByte('-')
	}
	if n := strings.TrimLeft(digits(r.IntN(24)), "0"); n != "" {
		b.WriteString(n)
	} else {
		b.WriteByte('0')
	}
	if r.IntN(2) == 0 {
		b.WriteString("." + digits(1+r.IntN(24)))
	}
	if r.IntN(3) == 0 {
		fmt.Fprintf(&b, "e%d", r.IntN(60)-30)
	}
	return b.String()
}

func rat(t *testing.T, text string) *big.Rat {
	t.Helper()
	n, ok := new(big.Rat).SetString(text)
	if !ok {
		t.Fatalf("%q is no number", text)
	}
	return n
}

// TestDecimal compares with math/big.
func TestDecimal(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	texts := []string{"0", "-0", "0.000", "1", "1.0", "10e-1", "0.1", "-0.1", "99999999999999999999", "0.00000000000000000001", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809", "18446744073709551615", "18446744073709551616"}
	for range 6000 {
		a, b := decimalText(r), decimalText(r)
		if r.IntN(3) == 0 {
			a = texts[r.IntN(len(texts))]
		}
		switch r.IntN(4) {
		case 0:
			b = texts[r.IntN(len(texts))]
		case 1: // the same number, written otherwise
			b = rat(t, a).FloatString(60)
		}
		x, y := jsonscan.ParseDecimal([]byte(a)), jsonscan.ParseDecimal([]byte(b))
		p, q := rat(t, a), rat(t, b)
		if got, want := x.Compare(&y), p.Cmp(q); got != want {
			t.Fatalf("compare %s with %s: got %d, want %d", a, b, got, want)
		}
		checkFloor(t, a, &x, p)
		step := strings.TrimPrefix(texts[r.IntN(len(texts))], "-")
		if s := rat(t, step); s.Sign() > 0 && len(step) < 20 {
			z := jsonscan.ParseDecimal([]byte(step))
			if got, want := x.IsMultiple(&z), new(big.Rat).Quo(p, s).IsInt(); got != want {
				t.Fatalf("%s is a multiple of %s: got %v, want %v", a, step, got, want)
			}
		}
	}
}

func checkFloor(t *testing.T, text string, d *jsonscan.Decimal, want *big.Rat) {
	t.Helper()
	n, integer, ok := d.Floor()
	floor := new(big.Int).Div(want.Num(), want.Denom()) // towards minus infinity
	if ok && (!floor.IsInt64() || floor.Int64() != n || integer != want.IsInt()) {
		t.Fatalf("floor of %s: got %d, %v, want %s, %v", text, n, integer, floor, want.IsInt())
	}
	if limit := big.NewInt(1e17); !ok && floor.CmpAbs(limit) < 0 {
		t.Fatalf("floor of %s: got none, want %s", text, floor)
	}
}

func TestMultipleOf(t *testing.T) {
	for _, c := range []struct {
		n, step string
		want    bool
	}{
		{"0.3", "0.1", true}, {"0.30000000000000004", "0.1", false}, {"4.5", "1.5", true}, {"1e308", "0.5", true},
		{"12391239123", "1e-8", true}, {"0.0075", "0.0001", true}, {"0.00751", "0.0001", false},
		{"1e30", "9223372036854775807", false}, {"18446744073709551614", "9223372036854775807", true}, {"7", "1e400", false}, {"0", "1e400", true},
	} {
		n, step := jsonscan.ParseDecimal([]byte(c.n)), jsonscan.ParseDecimal([]byte(c.step))
		if got := n.IsMultiple(&step); got != c.want {
			t.Errorf("%s is a multiple of %s: got %v, want %v", c.n, c.step, got, c.want)
		}
	}
}
