import { io } from 'socket.io-client';

const host = new URL(window.location.href).searchParams.get('host');

export const socket = io(`https://${host}/`, { auth: { token: sessionStorage.token } }); // want `decides which server` high
