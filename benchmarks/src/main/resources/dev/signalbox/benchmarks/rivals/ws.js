// Whatever a client of /pub says goes to all clients of /sub. Prints its port.
const { WebSocketServer, WebSocket } = require('ws');

const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false, backlog: 1024 }, () => console.log(server.address().port));
const subscribers = new Set();

server.on('connection', (socket, request) => {
  if (request.url === '/sub') {
    subscribers.add(socket);
    socket.on('close', () => subscribers.delete(socket));
  } else {
    socket.on('message', (data) => {
      for (const subscriber of subscribers) {
        if (subscriber.readyState === WebSocket.OPEN) subscriber.send(data, { binary: false });
      }
    });
  }
  socket.send('ready');
});
process.stdin.on('end', () => process.exit(0)).resume();
