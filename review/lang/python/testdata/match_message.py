async def on_message(ws, msg):
    match msg:
        case {"type": "join", "room": room}:
            await ws.join(room)
        case {"type": "say" | "shout" as kind, "text": str(text), **rest} if len(text) < 100:
            await ws.send(text)
        case ["move", x, *path]:
            go(x, path)
        case Ping(id=ident) | Pong(ident):
            await ws.pong(ident)
        case Kind.CLOSE | -1 | None:
            return
        case other:
            log(other)
    match await ws.recv():
        case "stop":
            return
        case bytes() as raw if raw.startswith(b"\x00\xff"):
            feed(raw)
        case _:
            pass
