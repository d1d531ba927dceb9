package config

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"time"

	"github.com/wswarden/wswarden/catalogue"
)

// Warning is a defence that the configuration loosens.
type Warning struct {
	// Weakness is the entry of the catalogue that it opens.
	Weakness string
	// Path and Line name the setting.
	Path string
	Line int
	// Opens says what becomes possible, Close what takes it back.
	Opens, Close string
}

// String returns the warning as one line.
func (w Warning) String() string {
	return fmt.Sprintf("%d: %s: %s (%s); %s", w.Line, w.Path, w.Opens, w.Weakness, w.Close)
}

// Warnings returns every defence that the configuration loosens, by line.
func (c *Config) Warnings() []Warning { return slices.Clone(c.warnings) }

// generous is from where on a limit hardly limits. A rate is judged by its
// events a second.
var generous = map[string]struct {
	above    any
	weakness *catalogue.Weakness
	opens    string
}{
	"limits.connections":                   {1_000_000, catalogue.ConnectionCount, "so many connections need more memory than most machines have"},
	"limits.handshakes":                    {2000.0, catalogue.ConnectionCount, "one address may cost a lot of time with handshakes"},
	"limits.handshake":                     {time.Minute, catalogue.IdleUnbounded, "half-open handshakes hold sockets for so long"},
	"routes[].session.max_age":             {7 * 24 * time.Hour, catalogue.LifetimeUnbounded, "a connection outlives what opened it for so long"},
	"routes[].session.idle":                {time.Hour, catalogue.IdleUnbounded, "dead peers hold sockets for so long"},
	"routes[].session.recheck":             {10 * time.Minute, catalogue.SessionUnrechecked, "a session that has ended keeps its connections for so long"},
	"routes[].session.grace":               {time.Hour, catalogue.RecheckFailsOpen, "sessions that nobody can judge keep their connections for so long"},
	"routes[].limits.connections_per_ip":   {1000, catalogue.ConnectionCount, "one address may hold so many sockets"},
	"routes[].limits.connections_per_user": {100, catalogue.ConnectionCount, "one user may hold so many sockets"},
	"routes[].limits.connections":          {1_000_000, catalogue.ConnectionCount, "so many connections need more memory than most machines have"},
	"routes[].limits.message_bytes":        {byteSize(1 << 20), catalogue.MessageSize, "every connection may hold so much memory"},
	"routes[].limits.server_message_bytes": {byteSize(64 << 20), catalogue.MessageSize, "every connection may hold so much memory"},
	"routes[].limits.messages":             {100.0, catalogue.MessageRate, "one connection may cost a lot of time with messages"},
	"routes[].limits.user_messages":        {500.0, catalogue.MessageRate, "one user may cost a lot of time with messages"},
	"routes[].limits.control_frames":       {100.0, catalogue.ControlFlood, "one connection may cost a lot of time with pings"},
	"routes[].limits.fragments":            {4096, catalogue.FragmentAbuse, "one message may cost a lot of time in tiny frames"},
	"routes[].limits.send_queue":           {byteSize(16 << 20), catalogue.SendUnbounded, "every slow reader may hold so much memory"},
	"routes[].limits.send_timeout":         {5 * time.Minute, catalogue.SendUnbounded, "slow readers hold memory for so long"},
	"routes[].limits.message_timeout":      {5 * time.Minute, catalogue.FragmentAbuse, "stalled messages hold memory for so long"},
	"routes[].auth.ticket.rate":            {100.0, catalogue.TicketWeak, "one session may take so many tickets"},
}

// warnLimits warns of limits that hardly limit.
func (c *checker) warnLimits() {
	eachValue(reflect.ValueOf(c.file), "", func(path string, v reflect.Value, tag reflect.StructTag) {
		row, ok := generous[pattern(path)]
		if !ok || !exceeds(v.Interface(), row.above) {
			return
		}
		c.warn(row.weakness, path, text(v, tag)+" hardly limits: "+row.opens, "lower it to "+spell(row.above)+" or less")
	})
}

func exceeds(value, above any) bool {
	switch x := value.(type) {
	case int:
		return x > above.(int)
	case byteSize:
		return x > above.(byteSize)
	case time.Duration:
		return x > above.(time.Duration)
	case rate:
		return float64(x.count)/x.per.Seconds() > above.(float64)
	}
	return false
}

func spell(above any) string {
	switch x := above.(type) {
	case time.Duration:
		return formatDuration(x)
	case float64:
		return strconv.FormatFloat(x, 'f', -1, 64) + "/1s"
	}
	return fmt.Sprint(above)
}
