// What a client publishes goes to all others, as `broadcast` does it. Prints its port.
const { createServer } = require('node:http');
const { Server } = require('socket.io');

const http = createServer();
const io = new Server(http, { transports: ['websocket'], pingInterval: 3_600_000, pingTimeout: 3_600_000, perMessageDeflate: false });

io.on('connection', (socket) => {
  socket.on('publish', (payload) => socket.broadcast.emit('message', payload));
});
http.listen(0, '127.0.0.1', 1024, () => console.log(http.address().port));
process.stdin.on('end', () => process.exit(0)).resume();
