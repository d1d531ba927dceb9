package report

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// A surfaceMap is the picture of an endpoint, as shapes of SVG: who comes in, by
// which checks, with which messages, and what these reach. All text in it is
// printable already.
type surfaceMap struct {
	Width, Height int
	Label         string
	Heads         []mapText
	Edges         []mapEdge
	Boxes         []mapBox
}

// mapEdge is a line from one box to another.
type mapEdge struct{ D, Class string }

// mapBox is a rectangle with lines of text, badges and a tooltip.
type mapBox struct {
	X, Y, W, H int
	Class      string
	Title      string
	Texts      []mapText
	Marks      []mapMark
	Badges     []mapBadge
}

type mapText struct {
	X, Y        int
	Class, Text string
}

// mapMark shows the state of a defence by colour and by shape.
type mapMark struct {
	X, Y  int
	State State
	Sign  string
}

// mapBadge is the ID of a weakness, linked to its finding.
type mapBadge struct {
	X, Y int
	htmlBadge
}

// The columns of the map and the sizes of what stands in them, in user units.
const (
	mapTop     = 34
	rowHeight  = 26
	firstRow   = 17 // from the top of a box to the middle of its first line
	boxGap     = 10
	badgeWidth = 48
	charWidth  = 7.0

	sourceX, sourceW = 4, 152
	checkX, checkW   = 192, 232
	limitX, limitW   = 450, 248
	typeX, typeW     = 726, 170
	sinkX, sinkW     = 962, 190
	mapWidth         = sinkX + sinkW + 4
	// Where there are no checks to draw, what is behind them moves here.
	checksWidth = typeX - checkX - 60

	// maxBoxes bounds a column: what is beyond is in the table.
	maxBoxes = 14
)

var stateSigns = map[State]string{Present: "✓", Default: "•", Absent: "✕", Unknown: "?"}

// mapSketch collects the shapes of a map.
type mapSketch struct {
	surfaceMap
	endpoint *Endpoint
	parts    *htmlEndpoint
	shift    int // how far messages and sinks are moved to the left
}

// drawMap lays the parts of an endpoint out.
func drawMap(e *Endpoint, parts *htmlEndpoint) surfaceMap {
	s := &mapSketch{endpoint: e, parts: parts}
	s.Width = mapWidth
	s.Label = fmt.Sprintf("Attack surface of %s, a %s. The tables below say the same.", parts.Place, parts.Title)
	source := s.source()
	left := source
	edgeClass := "flow"
	if e.defence(Origin).State == Absent && e.Role == Server {
		edgeClass = "flow open"
	}
	if len(parts.Defences) > 0 {
		s.head(checkX, "Handshake")
		s.head(limitX, "Once connected")
		checks := s.checks(checkX, checkW, []DefenceName{Origin, Auth, ConnectionLimit})
		limits := s.checks(limitX, limitW, []DefenceName{MessageSize, MessageRate, Compression, SessionRecheck, Schema})
		s.straight(source, checks, edgeClass)
		s.straight(checks, limits, "flow")
		left = limits
	} else {
		s.shift = checksWidth
	}
	s.messages(left)
	return s.surfaceMap
}

func (s *mapSketch) add(b mapBox) mapBox {
	s.Boxes = append(s.Boxes, b)
	s.Height = max(s.Height, b.Y+b.H+6)
	return b
}

func (s *mapSketch) head(x int, text string) {
	s.Heads = append(s.Heads, mapText{x, 20, "head", text})
}

// source is who is on the other side.
func (s *mapSketch) source() mapBox {
	s.head(sourceX, "Who")
	who, which, class := "the server", "whatever it sends", "source"
	if s.endpoint.Role == Server {
		who = "clients"
		switch s.endpoint.defence(Origin).State {
		case Absent:
			which, class = "any page on the web", "source open"
		case Unknown:
			which = "origin not known"
		default:
			which = "of allowed origins"
		}
	}
	b := mapBox{X: sourceX, Y: mapTop, W: sourceW, H: 2*rowHeight + 2, Class: class}
	b.Texts = []mapText{{b.X + 12, b.Y + 22, "name", who}, {b.X + 12, b.Y + 42, "sub", fit(which, b.W-16)}}
	return s.add(b)
}

// checks is a box with a row for each of the defences.
func (s *mapSketch) checks(x, w int, names []DefenceName) mapBox {
	b := mapBox{X: x, Y: mapTop, W: w, H: len(names)*rowHeight + 8, Class: "panel"}
	for i, name := range names {
		d := s.row(name)
		y := b.Y + 4 + i*rowHeight
		b.Marks = append(b.Marks, mapMark{x + 18, y + rowHeight/2, d.State, stateSigns[d.State]})
		text := d.Label
		room := w - 36
		if len(d.Findings) > 0 {
			room -= badgeWidth + 8
			b.Badges = append(b.Badges, mapBadge{x + w - badgeWidth - 8, y + 4, d.Findings[0]})
		}
		class := "row"
		if d.State == Absent {
			class = "row absent"
		}
		if d.Value != "" {
			text += ": " + d.Value
		}
		b.Texts = append(b.Texts, mapText{x + 34, y + 17, class, fit(text, room)})
		b.Title += fmt.Sprintf("%s: %s %s\n", d.Label, d.State, d.Value)
	}
	return s.add(b)
}

func (s *mapSketch) row(name DefenceName) htmlDefence {
	for _, d := range s.parts.Defences {
		if d.Label == name.label() {
			return d
		}
	}
	return htmlDefence{Label: name.label(), State: Unknown}
}

// messages draws the types of messages, what they reach, and the ways there.
// Those that the endpoint takes come first.
func (s *mapSketch) messages(left mapBox) {
	s.head(typeX-s.shift, "Messages")
	taken := FromClient
	if s.endpoint.Role == Client {
		taken = FromServer
	}
	sinks := &mapSinks{sketch: s, y: mapTop, boxes: map[string]mapBox{}}
	y, drawn := mapTop, 0
	for _, incoming := range []bool{true, false} {
		for i := range s.parts.Messages {
			m := &s.parts.Messages[i]
			if (m.Direction == string(taken)) != incoming {
				continue
			}
			if drawn++; drawn > maxBoxes {
				continue
			}
			b := s.messageType(m, y, incoming)
			y += b.H + boxGap
			if !incoming {
				continue
			}
			s.curve(left, b, "flow")
			for _, f := range m.Flows {
				sinks.reach(b, f)
			}
		}
	}
	if len(s.parts.Messages) == 0 {
		b := s.add(mapBox{X: typeX - s.shift, Y: y, W: typeW, H: rowHeight + 8, Class: "type",
			Texts: []mapText{{typeX - s.shift + 10, y + 21, "sub", "none are known"}}})
		s.curve(left, b, "flow")
	}
	if drawn > maxBoxes {
		s.add(mapBox{X: typeX - s.shift, Y: y, W: typeW, H: rowHeight, Class: "more",
			Texts: []mapText{{typeX - s.shift + 10, y + 17, "sub", fmt.Sprintf("and %d more", drawn-maxBoxes)}}})
	}
	if len(sinks.boxes) > 0 {
		s.head(sinkX-s.shift, "What they reach")
	}
}

func (s *mapSketch) messageType(m *htmlMessage, y int, incoming bool) mapBox {
	b := mapBox{X: typeX - s.shift, Y: y, W: typeW, H: rowHeight + 4, Class: "type", Title: m.Place}
	name := m.Label
	if !incoming {
		b.Class = "type sent"
		name = "← " + name
	}
	b.Texts = append(b.Texts, mapText{b.X + 10, y + 19, "name", fit(name, b.W-16)})
	if len(m.Fields) > 0 {
		var names []string
		for _, f := range m.Fields {
			n := printable(f.Name)
			if f.Validated {
				n += " ✓"
			}
			names = append(names, n)
		}
		b.H += 16
		b.Texts = append(b.Texts, mapText{b.X + 10, y + 36, "sub", fit(strings.Join(names, ", "), b.W-16)})
		b.Title += "\n" + strings.Join(names, ", ")
	}
	return s.add(b)
}

// mapSinks is the column of what messages reach, each place once.
type mapSinks struct {
	sketch *mapSketch
	y      int
	boxes  map[string]mapBox
}

// reach draws the way from a message to a sink, and the sink if it is new.
func (k *mapSinks) reach(from mapBox, f htmlFlow) {
	key := f.Kind + "\n" + f.Place
	class := "flow guarded"
	if f.Finding != nil {
		key += "\n" + f.Finding.ID
		class = "flow open"
	}
	b, ok := k.boxes[key]
	if !ok && len(k.boxes) < maxBoxes {
		b = k.draw(f)
		k.boxes[key] = b
	} else if !ok {
		return
	}
	k.sketch.curve(from, b, class)
}

func (k *mapSinks) draw(f htmlFlow) mapBox {
	b := mapBox{X: sinkX - k.sketch.shift, Y: k.y, W: sinkW, H: 2*rowHeight - 6, Class: "sink guarded", Title: f.Place}
	room := b.W - 16
	if f.Finding != nil {
		b.Class = "sink open"
		b.Badges = []mapBadge{{b.X + b.W - badgeWidth - 8, b.Y + 8, *f.Finding}}
		room -= badgeWidth + 8
	}
	b.Texts = []mapText{{b.X + 10, b.Y + 19, "name", fit(f.Kind, room)}, {b.X + 10, b.Y + 37, "sub", fit(shortPlace(f.Place), b.W-16)}}
	k.y += b.H + boxGap
	return k.sketch.add(b)
}

// straight connects two boxes at the height of their first row.
func (s *mapSketch) straight(a, b mapBox, class string) {
	y := mapTop + firstRow
	s.Edges = append(s.Edges, mapEdge{fmt.Sprintf("M%d %dH%d", a.X+a.W, y, b.X-2), class})
}

// curve connects the right side of a with the left side of b.
func (s *mapSketch) curve(a, b mapBox, class string) {
	x1, y1, x2, y2 := a.X+a.W, a.Y+firstRow, b.X-2, b.Y+firstRow
	mid := (x1 + x2) / 2
	s.Edges = append(s.Edges, mapEdge{fmt.Sprintf("M%d %dC%d %d %d %d %d %d", x1, y1, mid, y1, mid, y2, x2, y2), class})
}

// fit shortens text to a width in user units, roughly.
func fit(text string, width int) string {
	most := int(float64(width) / charWidth)
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return takeCells(text, max(most-1, 1)) + "…"
}
