from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/ws")
async def feed(websocket: WebSocket):
    await websocket.accept(subprotocol=websocket.headers.get("sec-websocket-protocol"))  # want `sub-protocol`
    await serve(websocket)
