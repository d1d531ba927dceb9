from fastapi import FastAPI, WebSocket

app = FastAPI()
ALLOWED = {"https://app.example.com"}


@app.websocket("/ws")
async def feed(websocket: WebSocket):
    origin = websocket.headers.get("origin")
    if origin and origin not in ALLOWED:  # want `skipped where the header is absent` medium
        await websocket.close()
        return
    session = load_session(websocket.cookies.get("session"))
    await websocket.accept()
    async for text in websocket.iter_text():
        await websocket.send_text(answer(session, text))
