import json

from websocket import create_connection

ws = create_connection("wss://feed.example.com/ws")
ws.send(json.dumps({"subscribe": "ticks"}))
while True:
    event = json.loads(ws.recv())  # want `json.loads throws` low
    print(event.get("symbol"), event.get("price"))
