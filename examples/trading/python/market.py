"""Prices, balances and orders of one platform. It knows no connections."""

import random
import time

ORDER_HISTORY = 100  # orders an account keeps, the oldest go first
MAX_NUMBER = 1e9  # of quantity and price, so that no balance is infinite


class Market:
    def __init__(self, platform):
        self._prices = dict(platform["prices"])
        self._accounts = {a["user"]: dict(a) for a in platform["accounts"]}
        self._orders = {user: [] for user in self._accounts}
        self._last_id = 0

    def price(self, symbol):
        """The price message of a symbol, or None when it is not listed."""
        if symbol not in self._prices:
            return None
        return {"type": "price", "symbol": symbol, "price": self._prices[symbol], "time": now()}

    def move(self):
        """Change every price a little and return the price messages."""
        for symbol, price in self._prices.items():
            self._prices[symbol] = max(1, round(price * random.uniform(0.998, 1.002), 2))
        return [self.price(symbol) for symbol in self._prices]

    def execute(self, user, symbol, quantity, price):
        """Book an order and return its message, or None when it is invalid."""
        if not isinstance(user, str) or user not in self._accounts:
            return None
        if not isinstance(symbol, str) or symbol not in self._prices:
            return None
        if not is_amount(quantity) or not is_amount(price):
            return None
        self._last_id += 1
        order = {
            "type": "order",
            "id": self._last_id,
            "userId": user,
            "symbol": symbol,
            "quantity": quantity,
            "price": price,
            "time": now(),
        }
        self._accounts[user]["balance"] -= quantity * price
        self._orders[user] = (self._orders[user] + [order])[-ORDER_HISTORY:]
        return order

    def profile(self, user):
        """The whole account but its password, or None.

        FLAW WS504: the tax number leaves the server with it.
        """
        if not isinstance(user, str) or user not in self._accounts:
            return None
        record = dict(self._accounts[user])
        del record["password"]
        return {"type": "profile", **record}

    def orders(self, user):
        """The orders of an account, oldest first, or None."""
        if user not in self._orders:
            return None
        return {"type": "orders", "orders": self._orders[user]}


def is_amount(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) <= MAX_NUMBER


def now():
    return int(time.time() * 1000)
