'use strict';

// Prices, balances and orders of one platform. It knows no connections.

const platform = require('../platform.json');

const ORDER_HISTORY = 100; // orders an account keeps, the oldest go first
const MAX_NUMBER = 1e9; // of quantity and price, so that no balance is infinite

class Market {
  #prices = new Map(Object.entries(platform.prices));
  #accounts = new Map(platform.accounts.map((a) => [a.user, { account: { ...a }, orders: [] }]));
  #lastID = 0;

  /** The price message of a symbol, or null when it is not listed. */
  price(symbol) {
    if (!this.#prices.has(symbol)) return null;
    return { type: 'price', symbol, price: this.#prices.get(symbol), time: Date.now() };
  }

  /** Changes every price a little and returns the price messages. */
  move() {
    for (const [symbol, price] of this.#prices) {
      const next = Math.round(price * (1 + (Math.random() - 0.5) * 0.004) * 100) / 100;
      this.#prices.set(symbol, Math.max(1, next));
    }
    return [...this.#prices.keys()].map((symbol) => this.price(symbol));
  }

  /** Books an order and returns its message, or null when it is invalid. */
  execute({ userId, symbol, quantity, price }) {
    const position = this.#accounts.get(userId);
    if (!position || !this.#prices.has(symbol) || !isAmount(quantity) || !isAmount(price)) return null;
    const order = { type: 'order', id: ++this.#lastID, userId, symbol, quantity, price, time: Date.now() };
    position.account.balance -= quantity * price;
    position.orders.push(order);
    if (position.orders.length > ORDER_HISTORY) position.orders.shift();
    return order;
  }

  /**
   * The whole account but its password, or null.
   * FLAW WS504: the tax number leaves the server with it.
   */
  profile(user) {
    const position = this.#accounts.get(user);
    if (!position) return null;
    const { password, ...record } = position.account;
    return { type: 'profile', ...record };
  }

  /** The orders of an account, oldest first, or null. */
  orders(user) {
    const position = this.#accounts.get(user);
    return position ? { type: 'orders', orders: position.orders } : null;
  }
}

const isAmount = (n) => typeof n === 'number' && Math.abs(n) <= MAX_NUMBER;

module.exports = { Market };
