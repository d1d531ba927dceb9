package rule

import (
	"strings"

	"github.com/wswarden/wswarden/review/model"
)

// Selector is the data of a message that chooses an object.
func Selector(ev *model.Event) *model.Flow {
	act, own := Act(ev)
	if act != model.ReadAct && act != model.WriteAct && act != model.DeleteAct || len(ev.Args) == 0 || Inserts(ev) && !own {
		return nil
	}
	args := ev.Args[:1]
	if Statement(ev) != "" {
		args = ev.Args
	}
	var best *model.Flow
	for i := range args {
		for _, f := range args[i].From(model.FromMessage) {
			if f.Type != "enum" && f.Type != "boolean" && identifies(f.Field) && (best == nil || len(suffix(f.Field)) > 0 && strings.HasSuffix(suffix(f.Field), "id")) {
				best = f
			}
		}
	}
	return best
}

// identifies reports whether a field's name is that of an id.
func identifies(field string) bool { return suffix(field) != "" }

func suffix(field string) string {
	name := strings.ToLower(field[strings.LastIndexByte(field, '.')+1:])
	for _, s := range []string{"id", "ids", "uuid", "key", "slug", "name", "number", "user", "target", "targetuser", "owner", "account", "order", "file", "doc", "document", "room", "token", "email"} {
		if name != "" && strings.HasSuffix(name, s) {
			return s
		}
	}
	return ""
}
