package asyncapi_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/internal/asyncapi"
)

const head2 = "asyncapi: 2.6.0\nchannels:\n  /ws:\n    publish:\n      message:\n"

// TestProblems holds documents that must be refused, and what is said of them.
func TestProblems(t *testing.T) {
	payload := func(s string) string { return head2 + "        name: m\n        payload: " + s + "\n" }
	tests := []struct{ name, text, want string }{
		{"empty", "", "a.yaml:1:1: the file is empty"},
		{"no version", "openapi: 3.0.0\n", "a.yaml:1:1: there is no version"},
		{"version 1", "asyncapi: 1.2.0\n", `a.yaml:1:11: AsyncAPI "1.2.0" is not supported`},
		{"version 4", "asyncapi: 4.0.0\n", `a.yaml:1:11: AsyncAPI "4.0.0" is not supported`},
		{"a number as version", "asyncapi: 3.0\n", "a.yaml:1:11: asyncapi must be text, not a number"},
		{"not YAML", "asyncapi: [3.0.0\n", "not valid YAML or JSON"},
		{"two documents", "asyncapi: 3.0.0\n---\nasyncapi: 3.0.0\n", "one document"},
		{"an alias", "asyncapi: 2.6.0\nchannels: &a {/ws: *a}\n", "a.yaml:2:20: aliases of YAML are not accepted"},
		{"a merge key", "asyncapi: 2.6.0\nchannels: {<<: {a: {}}}\n", "merge keys of YAML are not accepted"},
		{"a key twice", "asyncapi: 2.6.0\nchannels: {}\nchannels: {}\n", `a.yaml:3:1: the key "channels" is here twice; line 2 has it too`},
		{"not UTF-8", "asyncapi: \xff\n", "not UTF-8"},
		{"nothing in it", "asyncapi: 2.6.0\nchannels: {}\n", "no operation of the document has a message"},
		{"3 without operations", "asyncapi: 3.0.0\nchannels: {}\n", "the document has no operations"},
		{"an unknown key", "asyncapi: 2.6.0\nchannels: {/ws: {pub: {}}}\n", `a.yaml:2:18: a channel has no "pub"`},
		{"a key of the other version", "asyncapi: 3.0.0\nchannels: {/ws: {publish: {}}}\noperations: {a: {action: send, channel: {$ref: '#/channels/~1ws'}}}\n", `a.yaml:2:18: a channel has no "publish"`},

		{"action", v3("publish", ""), "a.yaml:5:26: the action of an operation is send or receive"},
		{"a channel that is no reference", "asyncapi: 3.0.0\noperations: {a: {action: send, channel: {}}}\n", "a.yaml:2:41: the channel of an operation must be a $ref"},
		{"a message of another channel", v3("send", ", messages: [{$ref: '#/channels/answers/messages/answer'}]"), `"#/channels/answers/messages/answer" is no message of the operation's channel`},
		{"a reply without a channel", v3("send", ", reply: {address: {location: $message.header#/replyTo}}"), "a reply needs a channel"},

		{"no name", head2 + "        payload: {}\n", "a.yaml:6:9: the message has no name"},
		{"no payload", head2 + "        name: m\n", `a.yaml:6:9: the message "m" has no payload`},
		{"content type", payload("{}") + "        contentType: application/xml\n", `messages of the content type "application/xml" have no JSON Schema`},
		{"Avro", payload("{}") + "        schemaFormat: application/vnd.apache.avro;version=1.9.0\n", `a.yaml:8:23: schemas of the format "application/vnd.apache.avro;version=1.9.0" are not supported`},
		{"RAML", payload("{}") + "        schemaFormat: application/raml+yaml;version=1.0\n", `schemas of the format "application/raml+yaml;version=1.0" are not supported`},
		{"draft-04", payload("{$schema: 'http://json-schema.org/draft-04/schema#'}"), `schemas by "http://json-schema.org/draft-04/schema#" are not supported`},
		{"differing messages of one name", "asyncapi: 2.6.0\nchannels:\n  a: {publish: {message: {name: m, payload: true}}}\n  b: {publish: {message: {name: m, payload: false}}}\n",
			`a.yaml:4:26: two messages of one direction are named "m" and differ; the other one is at DIR/a.yaml:3`},

		{"exclusiveMinimum of draft-04", payload("{exclusiveMinimum: true}"), "a.yaml:7:37: exclusiveMinimum must be a number, not true or false"},
		{"nullable", payload("{nullable: true}"), `the keyword "nullable" is not supported: add "null" to the type`},
		{"discriminator", payload("{discriminator: kind}"), `the keyword "discriminator" is not supported: write oneOf`},
		{"a slip", payload("{maxLenght: 5}"), `a.yaml:7:19: the keyword "maxLenght" is not supported`},
		{"a keyword of 2020-12", payload("{unevaluatedProperties: false}"), `the keyword "unevaluatedProperties" is not supported in draft-07`},
		{"a keyword of draft-07", payload("{dependencies: {}}") + "        schemaFormat: application/schema+json;version=draft-2020-12\n", `the keyword "dependencies" is not supported in draft 2020-12`},
		{"a rule beside a reference", payload("{allOf: [{$ref: '#/channels', maxLength: 5}]}"), `"maxLength" stands beside a $ref, where draft-07 ignores it`},
		{"an inner $id", payload("{properties: {a: {$id: x}}}"), "$id within a document is not supported"},
		{"infinity", payload("{enum: [.inf]}"), `".inf" has no counterpart in JSON`},
		{"an octal of YAML 1.1", payload("{enum: [010]}"), `"010" has no counterpart in JSON`},
		{"a list as a schema", payload("{not: []}"), "a schema must be an object, not a list"},

		{"a reference to nothing", payload("{$ref: '#/components/schemas/a'}"), `a.yaml:7:25: $ref "#/components/schemas/a" points to nothing`},
		{"a reference to a network", payload("{$ref: 'https://example.com/a.json'}"), `$ref "https://example.com/a.json" leads to a network`},
		{"a reference to a host", payload("{$ref: '//example.com/a.json'}"), `leads to a network`},
		{"a reference that leads out", payload("{$ref: '../secret.json'}"), `$ref "../secret.json" leads out of the folder`},
		{"a reference that leads out by detours", payload("{$ref: 'sub/%2e%2e/../secret.json'}"), `leads out of the folder`},
		{"an absolute reference", payload("{$ref: '/etc/passwd'}"), `$ref "/etc/passwd" leads out of the folder`},
		{"a symbolic link that leads out", payload("{$ref: 'link.json'}"), `read "link.json"`},
		{"a folder", payload("{$ref: 'sub'}"), `read "sub": not a regular file`},
		{"a missing file", payload("{$ref: 'b.json'}"), `read "b.json": no such file`},
		{"a reference to an anchor", payload("{$ref: '#order'}"), "only JSON pointers"},
		{"a circle of payloads", payload("{$ref: '#/components/schemas/a'}") + "components: {schemas: {a: {$ref: '#/components/schemas/b'}, b: {$ref: '#/components/schemas/a'}}}\n", "leads in a circle"},
		{"a circle of messages", head2 + "        $ref: '#/components/messages/a'\ncomponents: {messages: {a: {$ref: '#/components/messages/a'}}}\n", "leads in a circle"},
		{"a circle of choices", head2 + "        $ref: '#/components/messages/a'\ncomponents: {messages: {a: {oneOf: [{$ref: '#/components/messages/a'}, {$ref: '#/components/messages/a'}]}}}\n", "leads in a circle"},
		{"too deep", payload(strings.Repeat("{not: ", 100) + "{}" + strings.Repeat("}", 100)), "not valid YAML or JSON"},
		{"too large", head2 + "# " + strings.Repeat("x", 1<<20), "larger than 1MiB"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			name := write(t, map[string]string{"a.yaml": tt.text, "sub/x": "", "../secret.json": ""})
			dir := filepath.Dir(name)
			if err := os.Symlink("../secret.json", filepath.Join(dir, "link.json")); err != nil {
				t.Fatal(err)
			}
			_, err := asyncapi.Load(name)
			if err == nil {
				t.Fatal("the document was accepted")
			}
			got := strings.ReplaceAll(err.Error(), dir, "DIR")
			if !strings.Contains(got, tt.want) {
				t.Errorf("got %s\nwant %s", got, tt.want)
			}
			var e *asyncapi.Error
			if errors.As(err, &e) && (e.Problems[0].File != name || e.Problems[0].Line < 1) {
				t.Errorf("the place is %s:%d, want one in %s", e.Problems[0].File, e.Problems[0].Line, name)
			}
		})
	}
}

func TestMissingFile(t *testing.T) {
	_, err := asyncapi.Load(filepath.Join(t.TempDir(), "a.yaml"))
	if !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), "read AsyncAPI document") {
		t.Errorf("got %v, want an error that the file does not exist", err)
	}
}

// TestAllProblems holds the list of problems together: all of a document are
// said at once, by place.
func TestAllProblems(t *testing.T) {
	_, err := asyncapi.Load(write(t, map[string]string{
		"a.yaml": "asyncapi: 2.6.0\nchannels:\n" +
			"  a: {publish: {message: {name: a, payload: {minimun: 1, $ref: 'b.json#/x', nullable: true}}}}\n" +
			"  b: {publish: {message: {name: b, payload: {allOf: [{$ref: 'b.json#/x'}]}}}}\n",
		"b.json": `{"x": {"nullable": true}}`,
	}))
	var e *asyncapi.Error
	if !errors.As(err, &e) || len(e.Problems) != 2 || e.Problems[0].Line != 3 || filepath.Base(e.Problems[1].File) != "b.json" {
		t.Errorf("got %v, want a problem in line 3 of a.yaml and one in b.json", err)
	}
}
