// Whatever a client of /pub says goes to all clients of /sub, over TLS if the files of a certificate and its key are given. Prints its port.
const { readFileSync } = require('fs');
const { createServer } = require('http');
const { createServer: createTlsServer } = require('https');
const { WebSocketServer, WebSocket } = require('ws');

const [cert, key] = process.argv.slice(2).map((file) => readFileSync(file));
const http = cert ? createTlsServer({ cert, key }) : createServer();
const server = new WebSocketServer({ server: http, perMessageDeflate: false });
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
http.listen({ port: 0, host: '127.0.0.1', backlog: 1024 }, () => console.log(http.address().port));
process.stdin.on('end', () => process.exit(0)).resume();
