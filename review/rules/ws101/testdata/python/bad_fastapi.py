from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/ws")  # want `fastapi accepts the upgrade without any check of Origin` critical
async def feed(websocket: WebSocket):
    session = load_session(websocket.cookies.get("session"))
    await websocket.accept()
    async for text in websocket.iter_text():
        await websocket.send_text(answer(session, text))
