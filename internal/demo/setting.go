package demo

import (
	"strings"

	"go.yaml.in/yaml/v4"
)

// setting is a place in a configuration.
type setting struct {
	// Path is as configuration errors write it, such as "limits.message_bytes";
	// empty for what no setting turns off.
	Path string `json:"path"`
	// Line is counted from 1; 0 where Path is empty.
	Line int `json:"line"`
}

// settingByRule names the setting of the route behind a rule of the audit log. A rule
// that isn't here is looked up by its part before the point; "*" stands for the type
// of the message.
var settingByRule = map[string]string{
	"origin":               "origins",
	"origin.absent":        "allow_no_origin",
	"origin.null":          "allow_no_origin",
	"host":                 "origins", // their hosts are admitted where no list says otherwise
	"credential":           "auth",
	"subprotocol":          "subprotocols",
	"ticket":               "auth.ticket",
	"ticket.expired":       "auth.ticket.ttl",
	"ticket.address":       "auth.ticket.ip",
	"connections.address":  "limits.connections_per_ip",
	"connections.user":     "limits.connections_per_user",
	"messages.rate":        "limits.messages",
	"control.rate":         "limits.control_frames",
	"frame.message-size":   "limits.message_bytes",
	"frame.fragment-count": "limits.fragments",
	"recheck":              "session.recheck",
	"session.idle":         "session.idle",
	"session.max-age":      "session.max_age",
	"message.allow":        "messages.client.*.allow",
	"message.schema":       "messages.client.*.schema",
	"message.rate":         "messages.client.*.limit",
	"message.set":          "messages.client.*.set",
	"message.clean":        "messages.client.*.clean",
	"message.fresh":        "messages.client.*.fresh",
	"message.undeclared":   "messages.server.*.undeclared",
	"message.unknown-type": "messages.unknown",
	"message.strikes":      "messages.strikes",
	"message":              "messages",
}

// settingOf finds the setting behind a rule that judged a message of a type, or a
// handshake where message is empty.
func settingOf(config []byte, rule, message string) setting {
	area, _, _ := strings.Cut(rule, ".")
	path, known := settingByRule[rule]
	if !known {
		path, known = settingByRule[area]
	}
	if !known {
		return setting{}
	}
	path = strings.Replace(path, "*", message, 1)
	line := lineOf(config, append([]string{"routes"}, strings.Split(path, ".")...))
	if line == 0 {
		return setting{}
	}
	return setting{Path: path, Line: line}
}

// lineOf returns the line of the key at the end of a path; the path goes through the
// first element of a list. It is 0 where there is none.
func lineOf(config []byte, path []string) int {
	var doc yaml.Node
	if yaml.Unmarshal(config, &doc) != nil || len(doc.Content) == 0 {
		return 0
	}
	at, line := doc.Content[0], 0
	for _, key := range path {
		if at.Kind == yaml.SequenceNode && len(at.Content) > 0 {
			at = at.Content[0]
		}
		found := false
		for i := 0; at.Kind == yaml.MappingNode && i+1 < len(at.Content); i += 2 {
			if at.Content[i].Value == key {
				line, at, found = at.Content[i].Line, at.Content[i+1], true
				break
			}
		}
		if !found {
			return 0
		}
	}
	return line
}
