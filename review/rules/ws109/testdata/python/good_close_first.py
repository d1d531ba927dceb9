from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/ws")
async def feed(websocket: WebSocket):
    user = await verify_token(websocket.query_params.get("ticket"))
    if user is None:
        await websocket.close()  # before accept: the client gets 403
        return
    await websocket.accept()
    async for text in websocket.iter_text():
        await websocket.send_text(answer(user, text))
