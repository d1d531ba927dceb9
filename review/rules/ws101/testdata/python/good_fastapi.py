from fastapi import Depends, FastAPI, WebSocket, WebSocketException, status

app = FastAPI()
ALLOWED = {"https://app.example.com", "https://admin.example.com"}


async def same_site(websocket: WebSocket):
    if websocket.headers.get("origin") not in ALLOWED:
        raise WebSocketException(code=status.WS_1008_POLICY_VIOLATION)


@app.websocket("/ws")
async def feed(websocket: WebSocket, _=Depends(same_site)):
    await websocket.accept()
    async for text in websocket.iter_text():
        await websocket.send_text(text)
