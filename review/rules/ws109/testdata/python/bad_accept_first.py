from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/ws")
async def feed(websocket: WebSocket):
    await websocket.accept()
    user = await verify_token(websocket.query_params.get("ticket"))
    if user is None:
        await websocket.close(4001)  # want `refused for its missing or wrong credential after the upgrade` low
        return
    async for text in websocket.iter_text():
        await websocket.send_text(answer(user, text))
