// Sends mail with Nodemailer as told on standard input, one JSON object a line: {ms, senders, attached, text, html, ...}. Answers
// each with how many messages the server took. Arguments: port, connections.
const { createInterface } = require('node:readline');
const nodemailer = require('nodemailer');
const [port, connections] = process.argv.slice(2).map(Number);

const transport = nodemailer.createTransport({
  pool: true, host: '127.0.0.1', port, secure: false, ignoreTLS: true, maxConnections: connections, maxMessages: Infinity,
});

async function send({ ms, senders, attached, ...message }) {
  const end = performance.now() + ms;
  const attachments = attached > 0 ? [{ filename: 'bill.bin', content: Buffer.alloc(attached, 7) }] : [];
  let sent = 0;
  const one = async () => {
    while (performance.now() < end) {
      await transport.sendMail({ ...message, attachments });
      sent++;
    }
  };
  await Promise.all(Array.from({ length: senders }, one));
  return sent;
}

(async () => {
  for await (const line of createInterface({ input: process.stdin })) {
    console.log(await send(JSON.parse(line)));
  }
  process.exit(0);
})();
