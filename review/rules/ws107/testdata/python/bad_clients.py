import ssl

import websocket
import websockets

context = ssl.create_default_context()
context.check_hostname = False  # want `check_hostname turns off`
context.verify_mode = ssl.CERT_NONE


async def follow():
    async with websockets.connect("wss://prices.internal.example/ws", ssl=context) as ws:
        async for message in ws:
            handle(message)


def poll():
    app = websocket.WebSocketApp("wss://prices.internal.example/ws", on_message=handle)
    app.run_forever(sslopt={"cert_reqs": ssl.CERT_NONE})  # want `cert_reqs turns off`
