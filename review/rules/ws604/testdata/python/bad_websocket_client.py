import json

import websocket


def on_message(ws, text):
    event = json.loads(text)  # want `json.loads throws` low
    print(event.get("symbol"), event.get("price"))


app = websocket.WebSocketApp("wss://feed.example.com/ws", on_message=on_message)
app.run_forever()
