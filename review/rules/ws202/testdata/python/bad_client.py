import websockets


async def follow(token):
    async with websockets.connect(f"wss://api.example.com/ws?token={token}") as ws:  # want `"token" becomes part`
        async for message in ws:
            handle(message)
