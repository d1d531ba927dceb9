from fastapi import FastAPI, WebSocket
from pydantic import BaseModel

app = FastAPI()


class Order(BaseModel):
    symbol: str
    quantity: int


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    await ws.accept()
    while True:
        order = Order.model_validate_json(await ws.receive_text())
        await execute_order(ws.user_id, order.symbol, order.quantity)
