// @flow
import type { Socket } from './types';
type Props = {| +ws: ?Socket, name: string |};
const send = (ws: Socket, data: mixed): void => { ws.send((data: any)); };
