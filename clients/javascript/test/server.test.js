// Against a real server, which JavaScriptClientTest starts: SIGNALBOX_URL is where, the tokens are those of alice and bob.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { ConnectionLostError, Refusal, SignalboxError, connect } from '../signalbox.js';

const url = process.env.SIGNALBOX_URL;
const tokens = { alice: 'the-token-of-alice', bob: 'the-token-of-bob' };
const open = [];

/** A client whose connection a test can break. */
function client(name, options = {}) {
  const sockets = [];
  class Recorded extends WebSocket {
    constructor(...values) {
      super(...values);
      sockets.push(this);
    }
  }
  const made = connect(url, {
    token: () => tokens[name], backoff: { first: 20, most: 100 }, WebSocket: Recorded, ...options,
  });
  open.push(made);
  return { made, lose: () => sockets.at(-1).close(4000, 'the test breaks it') };
}

function next(target, type) {
  return new Promise((resolve) => {
    target.addEventListener(type, ({ detail }) => resolve(detail), { once: true });
  });
}

/** Collects, and waits until there are so many. */
class Collector {
  #items = [];
  #look = () => {};

  add = (item) => {
    this.#items.push(item);
    this.#look();
  };

  count(number) {
    return new Promise((resolve) => {
      this.#look = () => this.#items.length >= number && resolve(this.#items);
      this.#look();
    });
  }

  /** The first that is so. */
  first(isIt) {
    return new Promise((resolve) => {
      this.#look = () => this.#items.some(isIt) && resolve(this.#items.find(isIt));
      this.#look();
    });
  }
}

/** A gate in front of connecting again. */
function gate() {
  let leave;
  const opened = new Promise((resolve) => { leave = resolve; });
  return { opened, leave };
}

after(() => open.forEach((each) => each.close()));

const options = { skip: url ? false : 'SIGNALBOX_URL is not set', timeout: 60_000 };

test('messages, acknowledgements and requests', options, async () => {
  const got = new Collector();
  const { made: bob } = client('bob', {
    onMessage: (message) => {
      got.add(message);
      if (message.text === 'refuse me') {
        throw new Refusal('not today');
      }
    },
    onRequest: (request) => (request.text === 'all of it?' ? 'x'.repeat(1_000_000) : { echo: request.text }),
  });
  await next(bob, 'state');
  const { made: alice } = client('alice');
  await (bob.state === 'open' ? undefined : new Promise((resolve) => {
    bob.addEventListener('state', () => bob.state === 'open' && resolve());
  }));
  assert.equal((await alice.send('client:bob', 'hello', { headers: { priority: 'low' } })).accepted, 1);
  assert.equal((await alice.send('client:bob', 'sign here', { ack: true })).acked, true);
  await assert.rejects(alice.send('client:bob', 'refuse me', { ack: true }), { code: 'rejected' });
  assert.deepEqual((await alice.request('client:bob', 'anybody?')).json, { echo: 'anybody?' });
  await assert.rejects(alice.request('client:bob', 'all of it?'), { code: 'rejected', message: /reply too large/ });
  await assert.rejects(alice.send('logic:nobody', 'x'), SignalboxError);

  const messages = await got.count(3);
  assert.deepEqual(messages.map((each) => each.text), ['hello', 'sign here', 'refuse me']);
  assert.equal(messages[0].from, 'client:alice');
  assert.deepEqual(messages[0].headers, { priority: 'low' });
});

test('topics: once, in order, from where one likes', options, async () => {
  const { made: alice } = client('alice');
  const first = await alice.publish('rooms/1', 'one', { key: 'k' });
  assert.deepEqual(await alice.publish('rooms/1', 'again', { key: 'k' }), { ...first, repeated: true });
  await alice.publish('rooms/1', { number: 2 });
  const got = new Collector();
  const { made: bob } = client('bob');
  const subscription = await bob.subscribe('rooms/1', { from: 'oldest', onMessage: got.add });
  await alice.publish('rooms/1', new Uint8Array([3]));

  const messages = await got.count(3);
  assert.deepEqual(messages.map((each) => each.offset), [1, 2, 3]);
  assert.equal(messages[0].text, 'one');
  assert.deepEqual(messages[1].json, { number: 2 });
  assert.deepEqual(messages[2].payload, new Uint8Array([3]));
  assert.equal(subscription.epoch, first.epoch);
  await subscription.unsubscribe();
  await assert.rejects(bob.subscribe('secrets'), { code: 'forbidden' });
});

test('after a break it is the same session, and nothing is missing', options, async () => {
  const direct = new Collector();
  const topic = new Collector();
  let wait = Promise.resolve();
  const { made: bob, lose } = client('bob', { token: () => wait.then(() => tokens.bob), onMessage: direct.add });
  await bob.subscribe('rooms/2', { onMessage: topic.add, onGap: topic.add });
  const { made: alice } = client('alice');
  await alice.publish('rooms/2', 'before');
  await topic.count(1);
  const { session } = bob;
  const address = `client:bob#${session}`;
  const door = gate();
  wait = door.opened;
  lose();
  await next(bob, 'state');
  await alice.publish('rooms/2', 'meanwhile 1');
  await alice.send(address, 'direct');
  const signed = alice.send(address, 'acknowledge me', { ack: true });
  await alice.publish('rooms/2', 'meanwhile 2');
  const resumed = next(bob, 'resumed');
  door.leave();

  assert.deepEqual(await resumed, { session });
  await alice.publish('rooms/2', 'after');
  assert.deepEqual((await topic.count(4)).map((each) => each.text), ['before', 'meanwhile 1', 'meanwhile 2', 'after']);
  assert.deepEqual((await direct.count(2)).map((each) => each.text), ['direct', 'acknowledge me']);
  assert.equal((await signed).acked, true);
});

test('what is volatile comes to those who are there, and is not kept', options, async () => {
  const got = new Collector();
  const { made: alice } = client('alice');
  const { made: bob, lose } = client('bob');
  await bob.subscribe('rooms/6', { onMessage: got.add });
  await alice.publish('rooms/6', 'kept');
  await alice.publishVolatile('rooms/6', { typing: 'alice' });
  assert.deepEqual((await got.count(2)).map((each) => each.offset), [1, undefined]);

  const restarted = next(bob, 'resumed');
  lose();
  await assert.rejects(bob.publishVolatile('rooms/6', 'x'), ConnectionLostError);
  await restarted;
  await alice.publish('rooms/6', 'after');
  assert.deepEqual((await got.count(3)).map((each) => each.offset), [1, undefined, 2]);
});

test('of messages with a key, who comes late gets the newest', options, async () => {
  const { made: alice } = client('alice');
  for (const [symbol, price] of [['a', 1], ['b', 2], ['a', 3]]) {
    await alice.publish('rooms/prices', { price }, { headers: { symbol } });
  }
  const got = new Collector();
  const { made: bob } = client('bob');
  await bob.subscribe('rooms/prices', { from: 'oldest', onMessage: got.add, onGap: got.add });
  const [gap, ...prices] = await got.count(3);
  assert.deepEqual(gap, { topic: 'rooms/prices', expected: 1, next: 2, conflated: true });
  assert.deepEqual(prices.map((each) => each.json.price), [2, 3]);
});

test('who is there can be asked, and followed', options, async () => {
  const changes = new Collector();
  const { made: alice } = client('alice');
  await alice.subscribe('rooms/5~presence', { onMessage: (message) => changes.add(message.json) });
  await alice.subscribe('rooms/5');
  const { made: bob } = client('bob');
  const subscription = await bob.subscribe('rooms/5');
  assert.deepEqual(await alice.presence('rooms/5'), { clients: ['alice', 'bob'], count: 2 });
  await changes.first((change) => change.joined.includes('bob'));
  await subscription.unsubscribe();
  const left = await changes.first((change) => change.left.includes('bob'));
  assert.deepEqual(left, { joined: [], left: ['bob'], count: 1 });
});

test('without resuming it is another session, and topics go on all the same', options, async () => {
  const topic = new Collector();
  const { made: bob, lose } = client('bob', { resume: false });
  await bob.subscribe('rooms/3', { onMessage: topic.add, onGap: topic.add });
  const { session } = bob;
  const restarted = next(bob, 'restarted');
  lose();
  const { made: alice } = client('alice');
  for (const text of ['1', '2', '3']) {
    await alice.publish('rooms/3', text);
  }

  assert.notEqual((await restarted).session, session);
  assert.deepEqual((await topic.count(3)).map((each) => each.text), ['1', '2', '3']);
});

test('what is under way when the connection breaks fails, and a publication is repeated', options, async () => {
  const { made: bob } = client('bob', { onRequest: () => new Promise(() => {}) });
  await bob.subscribe('rooms/4');
  const { made: alice, lose } = client('alice');
  await alice.publish('rooms/4', 'x');
  const asked = alice.request(`client:bob#${bob.session}`, 'will you answer?');
  lose();
  await assert.rejects(asked, ConnectionLostError);

  const waiting = alice.publish('rooms/4', 'waits for the connection', { key: 'w' });
  assert.equal((await waiting).offset, 2);
});

test('a token that is not accepted ends it', options, async () => {
  const { made } = client('alice', { token: 'no such token' });
  const call = assert.rejects(made.publish('rooms/1', 'x'), ConnectionLostError);

  assert.equal((await next(made, 'closed')).code, 4401);
  await call;
  assert.equal(made.state, 'closed');
});
