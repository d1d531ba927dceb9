package guard

import (
	"strings"
	"testing"
	"time"
)

// TestTraces are stack traces as runtimes print them, and the nearest things that
// people write.
func TestTraces(t *testing.T) {
	for _, trace := range []string{
		nodeTrace,
		pythonTrace,
		"TypeError: x is not a function\n    at async Promise.all (index 0)\n    at async /srv/app/dist/index.mjs:10:3",
		"ReferenceError\n    at eval (eval at <anonymous> (/app/x.js:1:1), <anonymous>:1:1)",
		"Error\n    at Object.<anonymous> (C:\\app\\server.js:3:9)\r\n    at next",
		"    at WebSocket.<anonymous> (/app/node_modules/ws/lib/websocket.js:120:5)",
		"handle@http://localhost:3000/app.js:12:7\n@http://localhost:3000/app.js:20:1",
		"java.lang.NullPointerException: x\n\tat com.example.Orders.place(Orders.java:31)\n\t... 5 more",
		"\tat java.base/java.lang.Thread.run(Thread.java:833)",
		"wrapped\nCaused by: java.sql.SQLException: no such table",
		"System.NullReferenceException: Object reference not set\n   at Trading.Hub.Place(Order o) in /src/Hub.cs:line 20",
		"   at Program.<Main>$(String[] args) in C:\\x\\Program.cs:line 5",
		"panic: runtime error: index out of range [3]\n\ngoroutine 7 [running]:\nmain.f(...)\n\t/app/main.go:12 +0x1d",
		"main.handle\n\t/srv/trading/main.go:40",
		"undefined method 'x' for nil\napp/models/order.rb:12:in 'Order#place'\n",
		"x\n\tfrom /usr/lib/ruby/3.1.0/json.rb:3:in `parse'",
		"PHP Fatal error:  Uncaught Exception: x in /app/x.php:3\nStack trace:\n#0 /app/index.php(12): handle()\n#1 {main}",
		"thread 'main' panicked at src/main.rs:4:5:\nindex out of bounds",
		"   0: std::panicking::begin_panic\n             at /rustc/x/library/std/src/panicking.rs:5:9",
		"** (KeyError) key :x not found\n    (app 0.1.0) lib/app/order.ex:12: App.Order.place/2",
	} {
		if !hasTrace([]byte(trace)) {
			t.Errorf("not known as a stack trace: %q", trace)
		}
		if !mayHoldTrace([]byte(trace)) {
			t.Errorf("passed over as it is: %q", trace)
		}
		for line := range strings.Lines(trace) {
			if text := quote(strings.TrimRight(line, "\r\n")); hasTrace([]byte(line)) && !mayHoldTrace([]byte(`{"stack":["x",`+text+`]}`)) {
				t.Errorf("passed over in JSON: %s", text)
			}
		}
	}
	for _, text := range []string{
		"", "hello", "order 12 was placed at 10:15:30", "at 10:15:30", "meet me\nat the office (2nd floor)\nat 9:30", "at home(ish)", "at noon (maybe).",
		"see https://example.com:8080/x.js:1", "mail alice@example.com:25", "#1 in the charts", "#5 (five): x", "from here\nto there", "File a report, line 3",
		"Traceback is a word", "goroutine leaks are bad", "main.go has 12 lines", "Caused by: rain", "it was caused by: java", "12:30:45", "@alice see this", "@alice: 12:30:45",
		"at least 3.5:1:2", "thread 'a' is closed", strings.Repeat("at ", 5000), strings.Repeat("x\n", 5000),
	} {
		if hasTrace([]byte(text)) {
			t.Errorf("taken for a stack trace: %q", text)
		}
	}
}

// TestTracesAmongSpace looks through much white space, once for all of it.
func TestTracesAmongSpace(t *testing.T) {
	for _, space := range []string{"\n", " \r\n\t"} {
		text := []byte(strings.Repeat(space, 1<<22/len(space)))
		found := make(chan bool, 1)
		go func() { found <- mayHoldTrace(text) || hasTrace(text) }()
		select {
		case yes := <-found:
			if yes {
				t.Errorf("%q is taken for a stack trace", space)
			}
		case <-time.After(20 * time.Second):
			t.Fatalf("%d bytes of %q take longer than 20 s", len(text), space)
		}
	}
}

func FuzzTrace(f *testing.F) {
	f.Add("a\nb", nodeTrace)
	f.Add("", pythonTrace)
	f.Fuzz(func(t *testing.T, before, trace string) {
		if hasTrace([]byte(trace)) && !hasTrace([]byte(before+"\n"+trace)) {
			t.Errorf("hidden by %q", before)
		}
		if text := quote(trace); hasTrace([]byte(trace)) && !mayHoldTrace([]byte(text)) {
			t.Errorf("passed over in JSON: %s", text)
		}
		if hasTrace([]byte(trace)) && !mayHoldTrace([]byte(trace)) {
			t.Errorf("passed over as it is: %q", trace)
		}
	})
}
