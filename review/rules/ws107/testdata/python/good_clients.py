import ssl

import websockets

context = ssl.create_default_context(cafile="/etc/ssl/internal-ca.pem")


async def follow():
    async with websockets.connect("wss://prices.internal.example/ws", ssl=context) as ws:
        async for message in ws:
            handle(message)
