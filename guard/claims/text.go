package claims

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// text returns the string that value is, or "" for none. What the claim is for,
// such as "user", stands in errors.
func text(value any, purpose string) (string, error) {
	switch v := value.(type) {
	case nil:
		return "", nil
	case string:
		if fault := textFault(v); fault != "" {
			return "", fmt.Errorf("%s claim %s", purpose, fault)
		}
		return v, nil
	default:
		return "", fmt.Errorf("%s claim not a string", purpose)
	}
}

// trimmed drops the spaces around a display name, which people leave there and
// which nobody is told apart by.
func trimmed(value any) any {
	if s, ok := value.(string); ok {
		return strings.Trim(s, " ")
	}
	return value
}

// roles returns the roles that value lists, each once, in their order.
func roles(value any) ([]string, error) {
	var found []string
	switch v := value.(type) {
	case nil:
		return nil, nil
	case string:
		// Scope style (RFC 8693 section 4.2) or a list of an old application.
		found = strings.FieldsFunc(v, func(r rune) bool { return r == ' ' || r == ',' })
	case []any:
		for _, element := range v {
			role, ok := element.(string)
			if !ok {
				return nil, errors.New("roles claim not an array of strings")
			}
			found = append(found, role)
		}
	default:
		return nil, errors.New("roles claim not an array of strings")
	}
	if len(found) > MaxRoles {
		return nil, fmt.Errorf("roles claim has more than %d roles", MaxRoles)
	}
	return checkRoles(found)
}

// checkRoles judges each role and drops repetitions.
func checkRoles(found []string) ([]string, error) {
	kept := make([]string, 0, len(found))
	total := 0
	for _, role := range found {
		if role == "" {
			return nil, errors.New("roles claim has an empty role")
		}
		if fault := textFault(role); fault != "" {
			return nil, fmt.Errorf("roles claim %s", fault)
		}
		total += len(role)
		if !slices.Contains(kept, role) {
			kept = append(kept, role)
		}
	}
	if total > MaxRolesText {
		return nil, fmt.Errorf("roles claim longer than %d bytes", MaxRolesText)
	}
	return kept, nil
}

// textFault returns what makes s unfit for an identity, or "".
func textFault(s string) string {
	if len(s) > MaxText {
		return fmt.Sprintf("longer than %d bytes", MaxText)
	}
	if !utf8.ValidString(s) {
		return "not valid UTF-8"
	}
	if strings.ContainsFunc(s, unfit) {
		return "has a control character"
	}
	if strings.TrimSpace(s) != s {
		return "begins or ends with a space"
	}
	return ""
}

// unfit reports whether r has no place in an identity.
func unfit(r rune) bool {
	switch {
	case unicode.IsControl(r), r == '\u2028', r == '\u2029':
		return true // ends a line of a log or a header
	case r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069':
		return true // embeddings, overrides and isolates reorder what is shown
	}
	// What JSON can't say in UTF-8, such as half a surrogate pair, is decoded
	// to this one character: two users would become the same.
	return r == utf8.RuneError
}
