from aiohttp import WSMsgType, web


async def editor(request):
    ws = web.WebSocketResponse(max_msg_size=256 * 1024, heartbeat=30)
    await ws.prepare(request)
    async for msg in ws:
        if msg.type == WSMsgType.TEXT:
            await ws.send_str(await render(msg.data))
    return ws


app = web.Application()
app.router.add_get("/editor", editor)
