// As ws.js, over TLS, with the certificate and the key of the files that are its arguments. Prints its port.
const { readFileSync } = require('fs');
const { createServer } = require('https');
const { WebSocketServer, WebSocket } = require('ws');

const [certificate, key] = process.argv.slice(2).map((file) => readFileSync(file));
const https = createServer({ cert: certificate, key });
const server = new WebSocketServer({ server: https, perMessageDeflate: false });
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
https.listen(0, '127.0.0.1', 1024, () => console.log(https.address().port));
process.stdin.on('end', () => process.exit(0)).resume();
