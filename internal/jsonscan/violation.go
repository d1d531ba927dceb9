package jsonscan

// Violation is what is wrong with a document: the first thing found, and where.
// The zero value says that nothing is. It never carries bytes of the document.
type Violation struct {
	Code Code
	// Offset is where in the document the value or byte at fault begins.
	Offset int
	// Schema is the JSON pointer of the schema that refused the value, such as
	// "/properties/quantity"; empty for the root and for what no schema refused.
	Schema string
}

// OK reports whether nothing is wrong.
func (v Violation) OK() bool { return v.Code == Valid }

// Text returns a constant sentence about v, fit to be shown to the peer.
func (v Violation) Text() string { return v.Code.Text() }

// Pointer returns the JSON pointer of the keyword that refused the document,
// such as "/properties/quantity/maximum", or an empty string if no schema did.
func (v Violation) Pointer() string {
	if v.Code.Class() != ClassSchema {
		return ""
	}
	if k := v.Code.Keyword(); k != "" {
		return v.Schema + "/" + k
	}
	return v.Schema
}

// Code names what a document violated.
type Code uint8

// Class groups codes by what a refusal means.
type Class uint8

// The classes of codes.
const (
	ClassNone   Class = iota
	ClassSyntax       // not JSON as RFC 8259 has it
	ClassLimit        // more than [Limits] allows
	ClassKey          // a member name that is repeated or dangerous
	ClassSchema       // not what the schema describes
)

// The codes. Their texts are in the table below.
const (
	Valid Code = iota

	SyntaxEmpty
	SyntaxByteOrderMark
	SyntaxUnexpectedByte
	SyntaxUnexpectedEnd
	SyntaxTrailingBytes
	SyntaxLiteral
	SyntaxNumber
	SyntaxEscape
	SyntaxSurrogate
	SyntaxControlCharacter
	SyntaxUTF8

	LimitBytes
	LimitDepth
	LimitObjectKeys
	LimitKeys
	LimitElements
	LimitValues
	LimitKeyBytes
	LimitStringBytes
	LimitNumberBytes
	LimitNumberMagnitude

	KeyDuplicate
	KeyCaseVariant
	KeyPrototype

	SchemaFalse
	SchemaType
	SchemaEnum
	SchemaConst
	SchemaFormat
	SchemaMinLength
	SchemaMaxLength
	SchemaPattern
	SchemaMinimum
	SchemaMaximum
	SchemaExclusiveMinimum
	SchemaExclusiveMaximum
	SchemaMultipleOf
	SchemaMinItems
	SchemaMaxItems
	SchemaUniqueItems
	SchemaContains
	SchemaMinContains
	SchemaMaxContains
	SchemaUnevaluatedItems
	SchemaMinProperties
	SchemaMaxProperties
	SchemaRequired
	SchemaAdditionalProperties
	SchemaPropertyNames
	SchemaDependentRequired
	SchemaUnevaluatedProperties
	SchemaAnyOf
	SchemaOneOf
	SchemaNot
	SchemaCost
	SchemaFallback

	codeCount
)

// codes says of each code what it means. Words are stable and fit for a log
// field or the label of a metric.
var codes = [codeCount]struct {
	class   Class
	word    string
	text    string
	keyword string
}{
	Valid: {ClassNone, "valid", "the document is valid", ""},

	SyntaxEmpty:            {ClassSyntax, "empty", "there is no JSON value", ""},
	SyntaxByteOrderMark:    {ClassSyntax, "byte-order-mark", "JSON begins with a byte order mark", ""},
	SyntaxUnexpectedByte:   {ClassSyntax, "unexpected-byte", "not JSON: a byte is out of place", ""},
	SyntaxUnexpectedEnd:    {ClassSyntax, "unexpected-end", "not JSON: it ends too early", ""},
	SyntaxTrailingBytes:    {ClassSyntax, "trailing-bytes", "something follows the JSON value", ""},
	SyntaxLiteral:          {ClassSyntax, "literal", "not JSON: a word other than true, false and null", ""},
	SyntaxNumber:           {ClassSyntax, "number", "not JSON: a malformed number", ""},
	SyntaxEscape:           {ClassSyntax, "escape", "not JSON: a malformed escape sequence", ""},
	SyntaxSurrogate:        {ClassSyntax, "surrogate", "an escape sequence is half of a surrogate pair", ""},
	SyntaxControlCharacter: {ClassSyntax, "control-character", "not JSON: a control character in a string", ""},
	SyntaxUTF8:             {ClassSyntax, "utf8", "a string is not valid UTF-8", ""},

	LimitBytes:           {ClassLimit, "bytes", "the document is too long", ""},
	LimitDepth:           {ClassLimit, "depth", "arrays and objects are nested too deep", ""},
	LimitObjectKeys:      {ClassLimit, "object-keys", "an object has too many members", ""},
	LimitKeys:            {ClassLimit, "keys", "the document has too many members", ""},
	LimitElements:        {ClassLimit, "elements", "an array has too many elements", ""},
	LimitValues:          {ClassLimit, "values", "the document has too many values", ""},
	LimitKeyBytes:        {ClassLimit, "key-bytes", "a member name is too long", ""},
	LimitStringBytes:     {ClassLimit, "string-bytes", "a string is too long", ""},
	LimitNumberBytes:     {ClassLimit, "number-bytes", "a number has too many digits", ""},
	LimitNumberMagnitude: {ClassLimit, "number-magnitude", "a number is too large or too small", ""},

	KeyDuplicate:   {ClassKey, "duplicate-key", "a member name is repeated within an object", ""},
	KeyCaseVariant: {ClassKey, "case-variant-key", "two member names of an object differ only in case", ""},
	KeyPrototype:   {ClassKey, "prototype-key", "a member name would change an object's prototype", ""},

	SchemaFalse:                 {ClassSchema, "false-schema", "a value is not allowed here", ""},
	SchemaType:                  {ClassSchema, "type", "a value has the wrong type", "type"},
	SchemaEnum:                  {ClassSchema, "enum", "a value is not one of those allowed", "enum"},
	SchemaConst:                 {ClassSchema, "const", "a value is not the one allowed", "const"},
	SchemaFormat:                {ClassSchema, "format", "a string has the wrong format", "format"},
	SchemaMinLength:             {ClassSchema, "min-length", "a string is too short", "minLength"},
	SchemaMaxLength:             {ClassSchema, "max-length", "a string is too long", "maxLength"},
	SchemaPattern:               {ClassSchema, "pattern", "a string does not match its pattern", "pattern"},
	SchemaMinimum:               {ClassSchema, "minimum", "a number is too small", "minimum"},
	SchemaMaximum:               {ClassSchema, "maximum", "a number is too large", "maximum"},
	SchemaExclusiveMinimum:      {ClassSchema, "exclusive-minimum", "a number is too small", "exclusiveMinimum"},
	SchemaExclusiveMaximum:      {ClassSchema, "exclusive-maximum", "a number is too large", "exclusiveMaximum"},
	SchemaMultipleOf:            {ClassSchema, "multiple-of", "a number is not a multiple of its step", "multipleOf"},
	SchemaMinItems:              {ClassSchema, "min-items", "an array has too few elements", "minItems"},
	SchemaMaxItems:              {ClassSchema, "max-items", "an array has too many elements", "maxItems"},
	SchemaUniqueItems:           {ClassSchema, "unique-items", "an array has equal elements", "uniqueItems"},
	SchemaContains:              {ClassSchema, "contains", "an array lacks an element", "contains"},
	SchemaMinContains:           {ClassSchema, "min-contains", "an array has too few elements of a kind", "minContains"},
	SchemaMaxContains:           {ClassSchema, "max-contains", "an array has too many elements of a kind", "maxContains"},
	SchemaUnevaluatedItems:      {ClassSchema, "unevaluated-items", "an array has an element that is not described", "unevaluatedItems"},
	SchemaMinProperties:         {ClassSchema, "min-properties", "an object has too few members", "minProperties"},
	SchemaMaxProperties:         {ClassSchema, "max-properties", "an object has too many members", "maxProperties"},
	SchemaRequired:              {ClassSchema, "required", "an object lacks a member", "required"},
	SchemaAdditionalProperties:  {ClassSchema, "additional-properties", "an object has a member that is not described", "additionalProperties"},
	SchemaPropertyNames:         {ClassSchema, "property-names", "a member has a name that is not allowed", "propertyNames"},
	SchemaDependentRequired:     {ClassSchema, "dependent-required", "an object lacks a member that another one needs", "dependentRequired"},
	SchemaUnevaluatedProperties: {ClassSchema, "unevaluated-properties", "an object has a member that is not described", "unevaluatedProperties"},
	SchemaAnyOf:                 {ClassSchema, "any-of", "a value matches none of its alternatives", "anyOf"},
	SchemaOneOf:                 {ClassSchema, "one-of", "a value does not match exactly one of its alternatives", "oneOf"},
	SchemaNot:                   {ClassSchema, "not", "a value is one of those ruled out", "not"},
	SchemaCost:                  {ClassSchema, "cost", "the document is too costly to check", ""},
	SchemaFallback:              {ClassSchema, "schema", "the document does not match its schema", ""},
}

// Codes returns every code but [Valid].
func Codes() []Code {
	all := make([]Code, 0, codeCount-1)
	for c := Valid + 1; c < codeCount; c++ {
		all = append(all, c)
	}
	return all
}

// Class returns the group that c belongs to.
func (c Code) Class() Class { return codes[c].class }

// String returns the stable word for c, in kebab case.
func (c Code) String() string { return codes[c].word }

// Text returns the constant sentence about c, fit to be shown to the peer.
func (c Code) Text() string { return codes[c].text }

// Keyword returns the keyword of JSON Schema that c is about, if one.
func (c Code) Keyword() string { return codes[c].keyword }
