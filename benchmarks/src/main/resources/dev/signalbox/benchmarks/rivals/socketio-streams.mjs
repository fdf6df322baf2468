// A node of Socket.IO that keeps what its clients miss in a Redis stream: the URL of Redis is its argument; it prints its port once it is ready.
import { createServer } from 'node:http';
import { Server } from 'socket.io';
import { createAdapter } from '@socket.io/redis-streams-adapter';
import { createClient } from 'redis';

// Without the client's own limit of 5 s for a command, which ends the process when 10,000 clients come back at once.
const redis = createClient({ url: process.argv[2], commandOptions: { timeout: undefined } });
await redis.connect();

const http = createServer();
const io = new Server(http, {
  adapter: createAdapter(redis),
  connectionStateRecovery: { maxDisconnectionDuration: 24 * 3600 * 1000, skipMiddlewares: true },
  transports: ['websocket'],
  perMessageDeflate: false,
  pingInterval: 24 * 3600 * 1000, // the clients answer none
});
io.on('connection', (socket) => {
  socket.on('publish', (text) => io.emit('message', text));
});
http.listen(0, '127.0.0.1', 1024, () => console.log(http.address().port));
process.stdin.on('end', () => process.exit(0)).resume();
