class Market {
  constructor() { this.accounts = new Map(); }

  profile(user) { return this.accounts.get(user); }
}

module.exports = { Market };
