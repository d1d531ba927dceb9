// What a test of the client runs in a worker, which has no document.
import { WardenSocket } from '@wswarden/client';

const socket = new WardenSocket('/ws', { ticket: { csrf: () => 'x' }, onMessage: (message) => postMessage(message) });
socket.send({ type: 'echo', n: 1 });
