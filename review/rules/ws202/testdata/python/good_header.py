import websockets
from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/ws")
async def feed(websocket: WebSocket, room: str):
    user = await redeem_ticket(websocket.query_params.get("ticket"))
    if user is None:
        await websocket.close(code=1008)
        return
    await websocket.accept()
    await serve(websocket, room, user)


@app.get("/confirm")
async def confirm(token: str):
    return await confirm_address(token)


async def follow(token):
    headers = {"Authorization": f"Bearer {token}"}
    async with websockets.connect("wss://api.example.com/ws?format=json", additional_headers=headers) as ws:
        async for message in ws:
            handle(message)
