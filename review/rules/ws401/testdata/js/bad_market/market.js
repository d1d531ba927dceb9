class Market {
  constructor() { this.accounts = new Map(); }

  placeOrder({ userId, quantity }) {
    const account = this.accounts.get(userId);
    if (!account) return null;
    account.balance -= quantity;
    return account;
  }

  execute(order) { return this.placeOrder(order); }
}

module.exports = { Market };
