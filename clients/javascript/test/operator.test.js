// Against a real server, which JavaScriptClientTest starts: what its operator does to the session of a client.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { connect } from '../signalbox.js';

const url = process.env.SIGNALBOX_URL;
const control = process.env.SIGNALBOX_CONTROL;
const options = { skip: url && control ? false : 'SIGNALBOX_URL or SIGNALBOX_CONTROL is not set', timeout: 60_000 };
const open = [];

after(() => open.forEach((each) => each.close()));

function next(target, type) {
  return new Promise((resolve) => {
    target.addEventListener(type, ({ detail }) => resolve(detail), { once: true });
  });
}

async function operator(method, path, body) {
  const answer = await fetch(new URL(path, control), {
    method,
    headers: { Authorization: `Bearer ${process.env.SIGNALBOX_TOKEN}`, 'Content-Type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  assert.ok(answer.ok, await answer.text());
}

test('the server subscribes a session, which keeps that over a break, and ends it', options, async () => {
  const sockets = [];
  class Recorded extends WebSocket {
    constructor(...values) {
      super(...values);
      sockets.push(this);
    }
  }
  const bob = connect(url, { token: 'the-token-of-bob', backoff: { first: 20, most: 100 }, WebSocket: Recorded });
  open.push(bob);
  await (bob.state === 'open' || new Promise((resolve) => {
    bob.addEventListener('state', () => bob.state === 'open' && resolve());
  }));
  const subscribed = next(bob, 'subscribed');
  await operator('POST', '/api/clients/bob/topics', { topic: 'chosen/1', session: bob.session });
  const subscription = await subscribed;
  assert.ok(subscription.chosen);
  const first = next(subscription, 'message');
  await operator('POST', '/api/topics/chosen/1/messages', { text: 'one' });
  assert.equal((await first).text, 'one');

  const resumed = next(bob, 'resumed');
  const second = next(subscription, 'message');
  sockets.at(-1).close(4000, 'the test breaks it');
  await operator('POST', '/api/topics/chosen/1/messages', { text: 'two' });
  await resumed;
  assert.equal((await second).text, 'two');

  const unsubscribed = next(bob, 'unsubscribed');
  await operator('DELETE', `/api/clients/bob/topics?topic=chosen/1&session=${bob.session}`);
  assert.deepEqual(await unsubscribed, { topic: 'chosen/1' });
});
