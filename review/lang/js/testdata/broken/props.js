  verifyClient: ({ origin }, done) => { done(origin.endsWith('example.com')); },
  maxPayload: 1024 * 1024,
