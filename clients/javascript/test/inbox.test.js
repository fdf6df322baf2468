// Against a real server, which JavaScriptClientTest starts: SIGNALBOX_CONTROL is its control plane, SIGNALBOX_TOKEN its admin's token.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { Inbox } from '../inbox.js';
import { connect } from '../signalbox.js';

const url = process.env.SIGNALBOX_URL;
const control = process.env.SIGNALBOX_CONTROL;
const options = { skip: url && control ? false : 'SIGNALBOX_URL or SIGNALBOX_CONTROL is not set', timeout: 60_000 };
const open = [];

function client(name, more = {}) {
  const made = connect(url, { token: `the-token-of-${name}`, backoff: { first: 20, most: 100 }, ...more });
  open.push(made);
  return made;
}

async function deliver(to, body, headers = {}) {
  const answer = await fetch(new URL('/api/messages', control), {
    method: 'POST',
    headers: { Authorization: `Bearer ${process.env.SIGNALBOX_TOKEN}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ to, body, headers }),
  });
  assert.equal(answer.status, 202, await answer.text());
}

/** Once the inbox shows what is expected. */
function shows(inbox, isIt) {
  return new Promise((resolve) => {
    const look = () => {
      if (isIt(inbox)) {
        inbox.removeEventListener('change', look);
        resolve();
      }
    };
    inbox.addEventListener('change', look);
    look();
  });
}

after(() => open.forEach((each) => each.close()));

test('an inbox shows what waits, what comes, and what is marked elsewhere', options, async () => {
  await deliver('inbox:alice', 'waits', { subject: 'First' });
  const inbox = new Inbox(client('alice'));
  await inbox.open();
  await shows(inbox, ({ items }) => items.length === 1);
  assert.equal(inbox.recipient, 'alice');
  assert.equal(inbox.items[0].subject, 'First');
  await deliver('inbox:alice', 'comes');
  await shows(inbox, ({ items, unread }) => items.length === 2 && unread === 2);
  assert.deepEqual(inbox.items.map((item) => item.body), ['comes', 'waits']);

  const other = await new Inbox(client('alice')).open();
  assert.deepEqual(await other.mark(other.items[1].id, 'READ'), { changed: 1, unread: 1 });
  await shows(inbox, ({ items }) => items[1].state === 'READ');
  assert.deepEqual(await inbox.markAll('ARCHIVED'), { changed: 2, unread: 0 });
  await shows(other, ({ items }) => items.length === 0);
  await assert.rejects(inbox.markAll('UNREAD'), /cannot make everything unread/);
  await inbox.close();
  await other.close();
});

test('pages follow one another, and one sees only one\'s own', options, async () => {
  for (let i = 0; i < 60; i++) {
    await deliver('inbox:bob', `number ${i}`);
  }
  const inbox = await new Inbox(client('bob')).open();
  await shows(inbox, ({ unread }) => unread === 60);
  while (inbox.hasMore) {
    await inbox.more();
  }
  assert.equal(new Set(inbox.items.map((item) => item.body)).size, 60);
  const alice = await new Inbox(client('alice')).open();
  assert.equal(alice.items.length, 0);
});

test('what came while the connection was broken is there afterwards', options, async () => {
  const sockets = [];
  class Recorded extends WebSocket {
    constructor(...values) {
      super(...values);
      sockets.push(this);
    }
  }
  const inbox = await new Inbox(client('alice', { resume: false, WebSocket: Recorded })).open();
  sockets.at(-1).close(4000, 'the test breaks it');
  await deliver('inbox:alice', 'meanwhile');
  await shows(inbox, ({ items }) => items.some((item) => item.body === 'meanwhile'));
  await inbox.markAll('ARCHIVED');
});
