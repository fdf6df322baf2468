// A node of Socket.IO with its Redis adapter: it says where clients connect, and emits as many messages as each line asks for.
const { createServer } = require("http");
const { createInterface } = require("readline");
const { createAdapter } = require("@socket.io/redis-adapter");
const { createClient } = require("redis");
const { Server } = require("socket.io");

const [redis, mark, bytes, rooms] = process.argv.slice(2);

// The clock of Java's System.nanoTime, too.
function payload() {
  return (mark + String(process.hrtime.bigint()).padStart(19, "0")).padEnd(Number(bytes), "x");
}

async function main() {
  const publishing = createClient({ url: redis });
  const subscribed = publishing.duplicate();
  await Promise.all([publishing.connect(), subscribed.connect()]);
  const http = createServer();
  const io = new Server(http, { transports: ["websocket"], adapter: createAdapter(publishing, subscribed) });
  io.on("connection", (socket) =>
    socket.on("join", (room) => {
      socket.join(room);
      socket.emit("joined");
    }),
  );
  http.listen(0, "127.0.0.1", () => console.log(`ws://127.0.0.1:${http.address().port}`));
  const orders = createInterface({ input: process.stdin });
  orders.on("line", (count) => {
    for (let i = 0; i < Number(count); i++) {
      io.to(`room-${i % Number(rooms)}`).emit("message", payload());
    }
    console.log("done");
  });
  orders.on("close", () => process.exit(0));
}

main();
