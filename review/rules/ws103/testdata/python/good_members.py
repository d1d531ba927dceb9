from fastapi import FastAPI, WebSocket

app = FastAPI()
ALLOWED = {"https://app.example.com"}


@app.websocket("/ws")
async def feed(websocket: WebSocket):
    if websocket.headers.get("origin") not in ALLOWED:
        await websocket.close()
        return
    session = load_session(websocket.cookies.get("session"))
    await websocket.accept()
    async for text in websocket.iter_text():
        await websocket.send_text(answer(session, text))
