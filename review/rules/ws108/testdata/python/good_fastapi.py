from fastapi import FastAPI, WebSocket

app = FastAPI()
SPOKEN = ("trading.v2", "trading.v1")


@app.websocket("/ws")
async def feed(websocket: WebSocket):
    offered = websocket.scope["subprotocols"]
    chosen = next((name for name in SPOKEN if name in offered), None)
    if chosen is None:
        await websocket.close()
        return
    await websocket.accept(subprotocol=chosen)
    await serve(websocket, chosen)


@app.websocket("/fixed")
async def fixed(websocket: WebSocket):
    await websocket.accept(subprotocol="trading.v2")
    await serve(websocket, "trading.v2")
