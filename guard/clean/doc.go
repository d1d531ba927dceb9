// Package clean makes text that a client wrote harmless for the page that shows it:
// the values of `clean` in message rules. Each cleaner is for another kind of page.
//
//   - [Escape] writes the characters that HTML gives a meaning as references. It
//     loses nothing, and the result is text alone wherever a page parses HTML, also
//     within a quoted attribute. A page that shows it with textContent shows the
//     references.
//   - [Strip] removes markup and leaves a text without any as it came, so that it
//     suits pages of both kinds; where it removes some, the references and line ends
//     of the rest are read as a page reads them. Its result holds no markup, nor
//     anything that becomes markup when references are decoded, as pages and servers
//     do by mistake. It is no attribute value: quotes stay.
//   - [Reject] refuses what Strip would change, and addresses that run a script. It
//     suits fields that are no prose, such as names.
//
// None of them makes a text an address that is safe to follow: "javascript:" holds no
// markup. Two cleaned texts that a page joins with nothing between them are a third
// text, which nobody has cleaned.
package clean
