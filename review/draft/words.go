package draft

import (
	"strings"

	"github.com/wswarden/wswarden/review/rule"
)

func words(text string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(text) {
		out[w] = true
	}
	return out
}

// anyWord reports whether a name has one of the words in it.
func anyWord(name string, set map[string]bool) bool {
	for _, w := range rule.Words(name) {
		if set[w] {
			return true
		}
	}
	return false
}

// last is the last word of the last segment of a path, in lower case.
func last(path string) string {
	list := rule.Words(path[strings.LastIndexByte(path, '.')+1:])
	if len(list) == 0 {
		return ""
	}
	return list[len(list)-1]
}

// What names say of the values behind them. They are read only where neither a
// check nor the use of a field says more.
var (
	longTexts  = words("text message msg content body comment description note notes html markdown bio reason summary caption details reply answer question body content code source")
	texts      = words("title subject name label query search term url uri link href path file filename folder dir room channel topic feed event symbol token password secret email mail phone lang language locale color colour status state priority mode format host hostname address username nickname nick author sender from to recipient kind category tag type emoji reaction sort order side currency country city timezone role action command cmd ticker lobby stream namespace group")
	ids        = words("id ids uuid guid key slug ref")
	numbers    = words("quantity qty amount price count size width height lat lng lon latitude longitude speed temperature humidity limit offset page index total balance bid stake bet volume column line row score level angle radius zoom duration seconds minutes hours percent rating")
	flags      = words("is has enabled disabled active muted visible checked done completed anonymous private public hidden locked force silent urgent pinned archived on off")
	singular   = words("status address access class alias canvas focus axis bonus news pass success loss progress process radius basis analysis series business address status gas bias consensus address")
	containers = words("data payload value values meta metadata options settings config params args arguments object state items list entries points tags users members ids files attachments fields filter filters props attributes position pos delta ops changes")

	// nameWords end the name of a field that people read as a name.
	shownNames = words("displayname display_name fullname full_name realname real_name")

	// readNames are names that people read where they stand alone; with them, speakers
	// say who sent what others get.
	readNames = words("nick nickname authorname authornick author_name sendername sender_name fromname from_name screenname")
	speakers  = words("author authorname authornick authorid nick nickname sender sendername senderid sentby from fromname fromuser fromid displayname username user userid userid who writer writername poster postedby createdby signedby speaker handle screenname")

	roleWords    = words("role roles admin isadmin is_admin permission permissions scope scopes isstaff issuperuser")
	adminActs    = words("admin ban unban kick mute unmute promote demote grant revoke announce announcement shutdown restart reboot impersonate moderate sudo purge wipe maintenance assign unassign reassign banner firmware flash provision deprovision decommission elevate appoint evict expel blacklist whitelist suspend unsuspend role roles")
	moneyActs    = words("order trade buy sell pay payment payout deposit withdraw withdrawal transfer purchase checkout bid bet refund redeem donate tip charge invoice")
	frequentActs = words("move cursor position typing pointer mouse draw stroke telemetry reading readings sensor location heartbeat presence steer aim scroll frame sample")
)

// leaf is the last name of a path.
func leaf(path string) string { return path[strings.LastIndexByte(path, '.')+1:] }
