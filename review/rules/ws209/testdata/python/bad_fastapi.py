from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/ws")
async def feed(websocket: WebSocket):  # want `Nothing but the client` low
    user = await verify_token(websocket.headers.get("authorization"))
    if user is None:
        await websocket.close(code=1008)
        return
    await websocket.accept()
    while True:
        await handle(user, await websocket.receive_json())
