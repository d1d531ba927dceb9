import asyncio
from websockets.asyncio.server import serve

@app.websocket("/ws")
async def handler(ws, token: str = ""):
    async for message in ws:
        if not (data := json.loads(message)):
            continue
        cursor.execute(f"SELECT * FROM t WHERE id = {data['id']}")
        await ws.send(message)  # echo

match kind:
    case "a" | "b":
        pass
