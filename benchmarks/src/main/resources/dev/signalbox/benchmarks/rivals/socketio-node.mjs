// A node of Socket.IO over Redis: the URL of Redis is its argument; it prints its port once it is ready.
import { createServer } from 'node:http';
import { Server } from 'socket.io';
import { createAdapter } from '@socket.io/redis-adapter';
import { createClient } from 'redis';

const publishing = createClient({ url: process.argv[2] });
const subscribing = publishing.duplicate();
await Promise.all([publishing.connect(), subscribing.connect()]);

const http = createServer();
const io = new Server(http, {
  adapter: createAdapter(publishing, subscribing),
  transports: ['websocket'],
  perMessageDeflate: false,
  pingInterval: 24 * 3600 * 1000, // the clients answer none
});
io.on('connection', (socket) => {
  socket.on('subscribe', async () => {
    await socket.join('news');
    socket.emit('subscribed');
  });
  socket.on('publish', (text) => io.to('news').emit('message', text));
});
http.listen(0, '127.0.0.1', () => console.log(http.address().port));
