package jsonscan

import (
	"bytes"
	"net/netip"
)

// formats are the formats that JSON Schema defines. Those without a function are
// left to the fallback; a format that is not listed only describes.
var formats = map[string]func([]byte) bool{
	"date":      isDate,
	"date-time": isDateTime,
	"email":     isEmail,
	"hostname":  isHostname,
	"ipv4":      isIPv4,
	"ipv6":      isIPv6,
	"time":      isTime,
	"uuid":      isUUID,

	"duration":              nil,
	"idn-email":             nil,
	"idn-hostname":          nil,
	"iri":                   nil,
	"iri-reference":         nil,
	"json-pointer":          nil,
	"regex":                 nil,
	"relative-json-pointer": nil,
	"uri":                   nil,
	"uri-reference":         nil,
	"uri-template":          nil,
}

func isDigit(c byte) bool { return c-'0' <= 9 }

func isHex(c byte) bool { return isDigit(c) || c|0x20 >= 'a' && c|0x20 <= 'f' }

// isUUID follows RFC 9562, 4, without a look at version and variant.
func isUUID(text []byte) bool {
	if len(text) != 36 {
		return false
	}
	for i, c := range text {
		switch i {
		case 8, 13, 18, 23:
			if c != '-' {
				return false
			}
		default:
			if !isHex(c) {
				return false
			}
		}
	}
	return true
}

// twoDigits returns the number that text begins with.
func twoDigits(text []byte) (n int, ok bool) {
	if len(text) < 2 || !isDigit(text[0]) || !isDigit(text[1]) {
		return 0, false
	}
	return int(text[0]-'0')*10 + int(text[1]-'0'), true
}

// isDate follows RFC 3339, full-date.
func isDate(text []byte) bool {
	if len(text) != 10 || text[4] != '-' || text[7] != '-' {
		return false
	}
	century, ok1 := twoDigits(text)
	year, ok2 := twoDigits(text[2:])
	month, ok3 := twoDigits(text[5:])
	day, ok4 := twoDigits(text[8:])
	if !ok1 || !ok2 || !ok3 || !ok4 || month < 1 || month > 12 || day < 1 {
		return false
	}
	return day <= daysIn(century*100+year, month)
}

func daysIn(year, month int) int {
	switch month {
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// isTime follows RFC 3339, full-time.
func isTime(text []byte) bool {
	if len(text) < 9 || text[2] != ':' || text[5] != ':' {
		return false
	}
	hour, ok1 := twoDigits(text)
	minute, ok2 := twoDigits(text[3:])
	second, ok3 := twoDigits(text[6:])
	if !ok1 || !ok2 || !ok3 || hour > 23 || minute > 59 || second > 60 {
		return false
	}
	text = text[8:]
	if text[0] == '.' {
		end := skipDigits(text, 1)
		if end == 1 {
			return false
		}
		text = text[end:]
	}
	east, ok := zoneOffset(text)
	if !ok {
		return false
	}
	// A leap second is the last one of a day of UTC.
	const day = 24 * 60
	return second < 60 || (hour*60+minute-east+day)%day == day-1
}

// zoneOffset reads time-offset, in minutes.
func zoneOffset(text []byte) (east int, ok bool) {
	if len(text) == 1 && text[0]|0x20 == 'z' {
		return 0, true
	}
	if len(text) != 6 || text[0] != '+' && text[0] != '-' || text[3] != ':' {
		return 0, false
	}
	hour, ok1 := twoDigits(text[1:])
	minute, ok2 := twoDigits(text[4:])
	if !ok1 || !ok2 || hour > 23 || minute > 59 {
		return 0, false
	}
	east = hour*60 + minute
	if text[0] == '-' {
		east = -east
	}
	return east, true
}

// isDateTime follows RFC 3339, date-time.
func isDateTime(text []byte) bool {
	return len(text) >= 20 && text[10]|0x20 == 't' && isDate(text[:10]) && isTime(text[11:])
}

// isIPv4 follows RFC 2673, 3.2: no leading zeros, which some readers take for
// octal numbers.
func isIPv4(text []byte) bool {
	for part := range 4 {
		if part > 0 {
			if len(text) == 0 || text[0] != '.' {
				return false
			}
			text = text[1:]
		}
		end := skipDigits(text, 0)
		if end == 0 || end > 3 || end > 1 && text[0] == '0' {
			return false
		}
		n := 0
		for _, c := range text[:end] {
			n = n*10 + int(c-'0')
		}
		if n > 255 {
			return false
		}
		text = text[end:]
	}
	return len(text) == 0
}

// isIPv6 follows RFC 4291, 2.2. It is the one format that allocates.
func isIPv6(text []byte) bool {
	if len(text) > 45 || !bytes.Contains(text, []byte(":")) {
		return false
	}
	addr, err := netip.ParseAddr(string(text))
	return err == nil && addr.Zone() == ""
}

// isHostname follows RFC 1123, 2.1.
func isHostname(text []byte) bool {
	text = bytes.TrimSuffix(text, []byte("."))
	if len(text) > 253 {
		return false
	}
	for more := true; more; {
		var label []byte
		label, text, more = bytes.Cut(text, []byte("."))
		if len(label) == 0 || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		for _, c := range label {
			if !isLetter(c) && !isDigit(c) && c != '-' {
				return false
			}
		}
	}
	return true
}

// isEmail follows RFC 5321, Mailbox.
func isEmail(text []byte) bool {
	at := bytes.LastIndexByte(text, '@')
	if at < 0 || at > 64 || len(text) > 254 || !isLocalPart(text[:at]) {
		return false
	}
	domain := text[at+1:]
	if len(domain) > 1 && domain[0] == '[' && domain[len(domain)-1] == ']' {
		literal := domain[1 : len(domain)-1]
		if v6, ok := bytes.CutPrefix(literal, []byte("IPv6:")); ok {
			return isIPv6(v6)
		}
		return isIPv4(literal)
	}
	return isHostname(domain)
}

func isLocalPart(text []byte) bool {
	if n := len(text); n > 1 && text[0] == '"' && text[n-1] == '"' {
		return !bytes.ContainsAny(text[1:n-1], `\"`)
	}
	dot := true // before the first character and behind each dot
	for _, c := range text {
		if c == '.' && dot {
			return false
		}
		dot = c == '.'
		if !isLetter(c) && !isDigit(c) && bytes.IndexByte([]byte(".!#$%&'*+-/=?^_`{|}~"), c) < 0 {
			return false
		}
	}
	return !dot
}
