interface A { x: }
function ok(a: number): string { return String(a) }
class B { method( { } }
