from aiohttp import WSMsgType, web

connected = set()


async def chat(request):
    ws = web.WebSocketResponse()
    await ws.prepare(request)  # want `No ping, idle timeout or read deadline` medium
    connected.add(ws)
    try:
        async for msg in ws:
            if msg.type == WSMsgType.TEXT:
                for other in connected:
                    await other.send_str(msg.data[:500])
    finally:
        connected.discard(ws)
    return ws


app = web.Application()
app.add_routes([web.get("/chat", chat)])
