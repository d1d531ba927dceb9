/**
 * The client of endpoints behind wswarden guard: single-use tickets, validated
 * messages, polite reconnects. README.md is its documentation.
 */
export { type Advice, type Cause } from './cause.js';
export { type ErrorKind, WardenError } from './error.js';
export { type Message, type OfType, type Refusal, type TypeOf } from './message.js';
export { type Options, type WebSocketConstructor, type WebSocketLike } from './options.js';
export { type DropReason, type QueueLimits } from './queue.js';
export { renderText, safeUrl } from './render.js';
export { type Input, type Issue, type Output, type Schema } from './schema.js';
export { WardenSocket } from './socket.js';
export { type State } from './state.js';
export { type TicketEndpoint, TicketError } from './ticket.js';
