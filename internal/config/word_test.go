package config_test

import (
	"strings"
	"testing"
)

func TestWords(t *testing.T) {
	for _, c := range []struct{ setting, value, want string }{
		{"limits.send_timeout", "30s", ""},
		{"limits.send_timeout", "1h30m", ""},
		{"limits.send_timeout", "1.5s", ""},
		{"limits.send_timeout", "500ms", ""},
		{"limits.send_timeout", "30", `"30" has no unit; write 30s, 30m or 30h`},
		{"limits.send_timeout", `"1.5"`, `"1.5" has no unit`},
		{"limits.send_timeout", "1d", `"1d" is not a duration: days are not a unit; write 24h`},
		{"limits.send_timeout", "30 s", `"30 s" is not a duration; write a number and a unit`},
		{"limits.send_timeout", "-5s", `"-5s" is not a duration`},
		{"limits.send_timeout", "5us", `"5us" is not a duration`},
		{"limits.send_timeout", "soon", `"soon" is not a duration`},
		{"limits.send_timeout", "true", `"true" is not a duration`},
		{"limits.send_timeout", "9000h", `must be at most 8760h`},
		{"limits.send_timeout", "99999999999999999999h", `must be at most 8760h`},
		{"limits.send_timeout", "0s", `must be at least 1ms (WS706); a limit can't be switched off: set a large value`},
		{"limits.send_queue", "65536", ""},
		{"limits.send_queue", `"65536"`, ""},
		{"limits.send_queue", "64KiB", ""},
		{"limits.send_queue", "1GiB", ""},
		{"limits.send_queue", "64kB", ""},
		{"limits.send_queue", "1MB", ""},
		{"limits.send_queue", "1GB", ""},
		{"limits.send_queue", "64KB", `"64KB" is not a size; write 64KiB`},
		{"limits.send_queue", "64 kib", `"64 kib" is not a size; write 64KiB`},
		{"limits.send_queue", "1m", `"1m" is not a size; write 1MiB`},
		{"limits.send_queue", "1.5MiB", `"1.5MiB" is not a size; write bytes such as 65536`},
		{"limits.send_queue", "1_000", `"1_000" is not a size`},
		{"limits.send_queue", "-1", `"-1" is not a size`},
		{"limits.send_queue", "[1]", `must be a size, not a list; write`},
		{"limits.send_queue", "2GiB", `must be at most 1GiB; write a smaller size`},
		{"limits.send_queue", "9223372036854775807", `must be at most 1GiB`},
		{"limits.send_queue", "99999999999999999999KiB", `must be at most 1GiB`},
		{"limits.send_queue", "0", `must be at least 1 (WS706); a limit can't be switched off: set a large value`},
		{"limits.fragments", "64", ""},
		{"limits.fragments", `"64"`, `must be a number, not "64"; write it in digits, without quotes`},
		{"limits.fragments", "0x40", `must be a number, not "0x40"`},
		{"limits.fragments", "064", `must be a number, not "064"`},
		{"limits.fragments", "6e1", `must be a number, not "6e1"`},
		{"limits.fragments", "64KiB", `must be a number, not "64KiB"`},
		{"limits.fragments", "2147483648", `must be at most 2147483647`},
		{"limits.fragments", "99999999999999999999", `must be at most 2147483647`},
		{"limits.fragments", "0", `must be at least 1 (WS708); a limit can't be switched off: set a large value`},
		{"limits.fragments", "-1", `must be at least 1 (WS708); a limit can't be switched off: set a large value`},
		{"limits.messages", "60/1m", ""},
		{"limits.messages", "5/500ms", ""},
		{"limits.messages", "{rate: 60/1m}", ""},
		{"limits.messages", "{rate: 60/1m, burst: 20}", ""},
		{"limits.messages", "60", `"60" is not a rate; write a count and a time, such as 60/1m`},
		{"limits.messages", "60/m", `"60/m" is not a rate`},
		{"limits.messages", "60/60", `"60" has no unit`},
		{"limits.messages", "[60/1m]", `must be a rate, not a list`},
		{"limits.messages", "0/1m", `a rate of 0 would let nothing pass`},
		{"limits.messages", "60/0s", `the time of a rate must be 1ms to 24h`},
		{"limits.messages", "60/25h", `the time of a rate must be 1ms to 24h`},
		{"limits.messages", "1000001/1s", `a rate counts at most 1000000`},
		{"limits.messages", "{rate: 1/1s, burst: 1001}", `a burst of 1001 is more than a thousand times the rate`},
		{"limits.messages", "{burst: 20}", `the rate is missing; write {rate: 60/1m, burst: 20}`},
		{"compression", "true", ""},
		{"compression", "false", ""},
		{"compression", "yes", `must be true or false, not "yes"; write true or false, without quotes`},
		{"compression", "on", `must be true or false, not "on"`},
		{"compression", "True", `must be true or false, not "True"`},
		{"compression", `"true"`, `must be true or false, not "true"`},
		{"compression", "1", `must be true or false, not "1"`},
		{"compression", "{}", `must be true or false, not a section`},
		{"mode", "monitor", ""},
		{"mode", "off", `"off" is not accepted; write enforce or monitor`},
	} {
		t.Run(c.setting+" "+c.value, func(t *testing.T) {
			line, column := c.setting+": "+c.value, len("    "+c.setting+": ")+1
			if name, ok := strings.CutPrefix(c.setting, "limits."); ok {
				line, column = "limits: {"+name+": "+c.value+"}", len("    limits: {"+name+": ")+1
			}
			text := with(t, "    auth:", "    "+line+"\n    auth:")
			if c.want == "" {
				compare(t, text, nil)
				return
			}
			if strings.HasPrefix(c.value, "[") || strings.HasPrefix(c.value, "{") {
				column -= len(c.setting[strings.LastIndexByte(c.setting, '.')+1:] + ": ") // that of the key
			}
			compare(t, text, wants(at(9, column)+"routes[0]."+c.setting+": "+c.want))
		})
	}
}

func TestRateKeys(t *testing.T) {
	text := with(t, "    auth:", "    limits: {messages: {rate: 60/1m, burst: 0, per: 1}}\n    auth:")
	compare(t, text, wants(
		"9:45: routes[0].limits.messages.burst: must be 1 to 1000000",
		"9:48: routes[0].limits.messages.per: unknown key; the keys here are rate, burst"))
}
