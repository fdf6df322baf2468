// A chat room in the terminal: node example/chat.js ws://127.0.0.1:8081/ws TOKEN [ROOM]
import { createInterface } from 'node:readline';
import { connect } from '../signalbox.js';

const [url, token, room = 'lobby'] = process.argv.slice(2);
if (!token) {
  console.error('usage: node example/chat.js URL TOKEN [ROOM]');
  process.exit(2);
}

const topic = `rooms/${room}`;
const client = connect(url, { token });
client.addEventListener('state', ({ detail }) => console.log(`* ${detail}`));
client.addEventListener('closed', ({ detail }) => {
  console.log(`* closed: ${detail.code} ${detail.reason}`);
  process.exitCode = detail.code === 1000 ? 0 : 1;
});

await client.subscribe(topic, {
  from: 'oldest',
  onMessage: (message) => console.log(`${message.from.slice('client:'.length)}: ${message.text}`),
  onGap: () => console.log('* some messages are no longer there'),
});

const lines = createInterface({ input: process.stdin });
for await (const line of lines) {
  await client.publish(topic, line);
}
client.close();
