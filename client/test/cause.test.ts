import { describe, expect, test } from 'vitest';
import { causeOfClose, causeOfTicket } from '../src/cause.js';
import { TicketError } from '../src/ticket.js';

describe('what follows from a close', () => {
  test.each([
    // What the guard says.
    [4001, 'session.revoked;r=no;i=0a1b', { advice: 'no', after: 0, word: 'session.revoked', event: '0a1b' }],
    [4001, 'session.expired;r=fresh;i=0a1b', { advice: 'fresh', after: 0, word: 'session.expired' }],
    [1012, 'drain;r=now;t=7;i=0a1b', { advice: 'now', after: 7000, word: 'drain' }],
    [1012, 'drain;r=now;i=0a1b', { advice: 'now', after: 0 }],
    [4029, 'rate;r=wait;t=3;i=0a1b', { advice: 'wait', after: 3000 }],
    [1013, 'busy;r=wait;i=0a1b', { advice: 'wait', after: 1000 }],
    [1000, 'come-back;r=now', { advice: 'now', after: 0, event: undefined }],
    [4029, 'rate;r=wait;t=999999999;i=0a1b', { advice: 'wait', after: 86_400_000 }],
    [4029, 'rate;r=wait;t=3;x=new;i=0a1b', { advice: 'wait', after: 3000, event: '0a1b' }],
    // What others say, in whose words nothing is read.
    [1006, '', { advice: 'wait', after: 0, word: undefined }],
    [1005, '', { advice: 'wait' }],
    [1001, 'going away', { advice: 'wait' }],
    [1011, '', { advice: 'wait' }],
    [1000, '', { advice: 'no' }],
    [1002, '', { advice: 'no' }],
    [1008, 'policy', { advice: 'no' }],
    [1009, '', { advice: 'no' }],
    [4003, '', { advice: 'no' }],
    [4022, '', { advice: 'no' }],
    [4001, '', { advice: 'fresh' }],
    [4321, 'of the application', { advice: 'wait' }],
    [1006, 'drain;r=never;i=0a1b', { advice: 'wait', word: undefined }],
    [1006, 'two words;r=no;i=0a1b', { advice: 'wait' }],
    [1006, 'drain;r=nothing', { advice: 'wait' }],
    [1012, 'drain;r=now;t=-5;i=0a1b', { advice: 'now', after: 0 }],
  ])('%i %j', (code, reason, want) => {
    expect({ word: undefined, ...causeOfClose(code, reason) }).toMatchObject({ source: 'close', code, ...want });
  });

  test('whatever a server says, it is one of the advices and at most a day', () => {
    const parts = ['drain', ';', 'r=', 'no', 'now', 'wait', 't=', '1e9', '99999', 'i=', '\u0000', 'ä', ' ', '='];
    for (let n = 0; n < 2000; n++) {
      const reason = Array.from({ length: Math.random() * 12 }, () => parts[Math.trunc(Math.random() * parts.length)]).join('');
      const cause = causeOfClose(1000 + Math.trunc(Math.random() * 4000), reason);
      expect(['no', 'fresh', 'wait', 'now'], reason).toContain(cause.advice);
      expect(cause.after >= 0 && cause.after <= 86_400_000, reason).toBe(true);
    }
  });
});

describe('what follows from a refused ticket', () => {
  test.each([
    [new TicketError(401, { code: 'session_revoked', event: '0a1b' }), { advice: 'sign-in', code: 401, word: 'session_revoked', event: '0a1b' }],
    [new TicketError(302), { advice: 'sign-in' }],
    [new TicketError(403, { code: 'csrf_header_required' }), { advice: 'no', word: 'csrf_header_required' }],
    [new TicketError(404), { advice: 'no' }],
    [new TicketError(408), { advice: 'wait' }],
    [new TicketError(429, { retryAfter: 5000 }), { advice: 'wait', after: 5000 }],
    [new TicketError(503, { retryAfter: 1e12 }), { advice: 'wait', after: 86_400_000 }],
    [new TicketError(500), { advice: 'wait', after: 0 }],
    [new TicketError(0), { advice: 'wait' }],
    [new RangeError('of the application'), { advice: 'wait', code: 0 }],
  ])('%s', (error, want) => {
    expect(causeOfTicket(error)).toMatchObject({ source: 'ticket', error, ...want });
  });
});
