import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { Backoff } from '../backoff.js';
import { Calls } from '../calls.js';
import { isFinal, pauseAfter } from '../closing.js';
import { Deliveries } from '../deliveries.js';
import { ConnectionLostError, Refusal, TimeoutError } from '../errors.js';
import { Message, encode, requireSize } from '../message.js';
import { connect } from '../signalbox.js';
import { Subscription } from '../subscription.js';

test('the wait before connecting again doubles up to a bound, with full jitter', () => {
  const longest = new Backoff({ first: 100, most: 1_000, random: () => 1 });
  assert.deepEqual([1, 2, 3, 4, 5, 6].map(() => longest.next()), [100, 200, 400, 800, 1_000, 1_000]);
  longest.reset();
  assert.equal(longest.next(5_000), 5_100);
  assert.equal(new Backoff({ random: () => 0 }).next(), 0);
});

test('some close codes are final, some ask for patience', () => {
  assert.ok([4400, 4403, 4409, 4412].every((code) => isFinal(code, 0)));
  assert.ok([1006, 1009, 1012, 1013, 4410, 4429, 4401].every((code) => !isFinal(code, 1)));
  assert.ok(isFinal(4401, 3));
  assert.equal(pauseAfter(1006), 0);
  assert.ok(pauseAfter(4429) > pauseAfter(1012));
});

test('a payload is text, bytes or JSON', () => {
  assert.deepEqual(encode('x'), { text: 'x' });
  assert.deepEqual(encode(new Uint8Array([0, 255])), { base64: 'AP8=' });
  assert.deepEqual(encode(new Uint8Array([9, 0, 255]).subarray(1)), { base64: 'AP8=' });
  assert.deepEqual(encode({ a: 1 }), { json: { a: 1 } });
  assert.throws(() => encode(undefined), TypeError);
  assert.deepEqual(new Message({ base64: 'AP8=' }).payload, new Uint8Array([0, 255]));
  assert.deepEqual(new Message({ text: '{"a":1}' }).json, { a: 1 });
  assert.throws(() => new Message({ base64: 'AP8=' }).text, TypeError);
  const large = new Uint8Array(100_000).map((_, i) => i);
  assert.deepEqual(new Message(encode(large)).payload, large);
});

test('of the reason of a refusal only the beginning is sent', async () => {
  const written = [];
  const session = { write: (frame) => written.push(frame), tell: () => {} };
  const deliveries = new Deliveries(session, {
    onMessage: () => { throw new Refusal('🚦\n'.repeat(1_000)); },
  });
  await deliveries.received({ id: 'm1', ack: true, text: 'sign here' });
  assert.deepEqual(written, [{ type: 'nack', id: 'm1', reason: '🚦\n'.repeat(50) }]);
});

test('who asks is told why there is no reply', async () => {
  const written = [];
  const problems = [];
  const session = { write: (frame) => written.push(frame), tell: (type, error) => problems.push(error.message) };
  const ask = (onRequest) => new Deliveries(session, { onRequest }).asked({ id: 'q', text: '?' });
  await ask(() => { throw new Refusal('not for you'); });
  await ask(async () => { throw new Error('it is broken'); });
  await ask(() => undefined);
  await ask(undefined);
  await ask(() => 'a reply');
  assert.deepEqual(written.map((frame) => frame.text ?? frame.reason), [
    'not for you', 'its handler failed', 'its handler failed', 'this client answers no requests', 'a reply',
  ]);
  assert.deepEqual(written.map((frame) => frame.type), ['nack', 'nack', 'nack', 'nack', 'reply']);
  assert.ok(written.every((frame) => frame.id === 'q'));
  assert.equal(problems.length, 2);
});

test('a reply that found no connection is sent with the next one, and none of a session that has ended', async () => {
  const written = [];
  let open = false;
  const session = { write: (frame) => open && written.push(frame) > 0, tell: () => {} };
  const deliveries = new Deliveries(session, { onRequest: (request) => request.text });
  await deliveries.asked({ id: 'q1', text: 'of a session that ends' });
  deliveries.restarted();
  for (let i = 2; i <= 1_002; i++) {
    await deliveries.asked({ id: `q${i}`, text: 'late' });
  }
  open = true;
  deliveries.resumed();
  assert.deepEqual([written.length, written[0].id, written.at(-1).id], [1_000, 'q3', 'q1002']);
  deliveries.resumed();
  assert.equal(written.length, 1_000);
});

test('what a broken connection leaves open fails, and what may be repeated is sent again', async () => {
  const calls = new Calls(10);
  const sent = [];
  const send = (frame) => sent.push(frame) > 0;
  const once = calls.begin({ type: 'send' }, { timeout: 10_000 }, send);
  const again = calls.begin({ type: 'publish' }, { timeout: 10_000, repeatable: true }, send);
  const later = calls.begin({ type: 'request' }, { timeout: 10_000 }, () => false);
  calls.lost();
  await assert.rejects(once, ConnectionLostError);
  calls.connected(send);
  assert.deepEqual(sent.map((frame) => frame.type), ['send', 'publish', 'publish', 'request']);
  assert.equal(sent[1].id, sent[2].id);
  calls.succeed({ id: sent[2].id, offset: 7 });
  calls.fail(sent[3].id, new RangeError('no'));
  assert.equal((await again).offset, 7);
  await assert.rejects(later, RangeError);
});

test('calls are bounded in number and time', async () => {
  const calls = new Calls(1);
  const first = calls.begin({}, { timeout: 1 }, () => false);
  await assert.rejects(calls.begin({}, { timeout: 1 }, () => true), RangeError);
  await assert.rejects(first, TimeoutError);
});

test('a subscription takes each message once and tells what is lost', () => {
  const subscription = new Subscription('news', {}, () => {});
  const seen = [];
  subscription.addEventListener('message', ({ detail }) => seen.push(detail.offset));
  subscription.addEventListener('gap', ({ detail }) => seen.push(detail));
  subscription.begins({ epoch: 'a', offset: 4, recovered: true });
  subscription.received({ offset: 5 });
  subscription.received({ text: 'volatile' });
  subscription.received({ offset: 5 });
  subscription.gap({ topic: 'news', expected: 6, next: 9 });
  subscription.received({ offset: 9 });
  subscription.begins({ epoch: 'a', offset: 9, recovered: true });
  subscription.begins({ epoch: 'a', offset: 11, recovered: false });
  subscription.begins({ epoch: 'b', offset: 0, recovered: false });
  assert.deepEqual(seen, [
    5,
    undefined,
    { topic: 'news', expected: 6, next: 9, conflated: false },
    9,
    { topic: 'news', expected: 10, next: 12, conflated: false },
    { topic: 'news', epoch: 'b', conflated: false },
  ]);
  assert.deepEqual(subscription.place(), { epoch: 'b', offset: 0 });
});

test('what comes before the answer to a subscription is not for it', () => {
  const subscription = new Subscription('news', { offset: 0 }, () => {});
  const seen = [];
  subscription.addEventListener('message', ({ detail }) => seen.push(detail.offset));
  subscription.addEventListener('gap', ({ detail }) => seen.push(detail));
  subscription.received({ offset: 2 });
  subscription.gap({ topic: 'news', expected: 3, next: 5 });
  subscription.begins({ epoch: 'a', offset: 0, recovered: true });
  subscription.received({ offset: 1 });
  subscription.received({ offset: 2 });
  assert.deepEqual(seen, [1, 2]);
});

/** A WebSocket whose other side is the test: `sent` has what the client said on this one. */
class Scripted {
  static all = [];
  static #look = () => {};

  /** The connection of that number, counted from 0, once it is there. */
  static number(index) {
    return new Promise((resolve) => {
      Scripted.#look = () => Scripted.all.length > index && resolve(Scripted.all[index]);
      Scripted.#look();
    });
  }

  constructor() {
    this.sent = [];
    Scripted.all.push(this);
    queueMicrotask(() => {
      this.onopen();
      Scripted.#look();
    });
  }

  send(text) {
    this.sent.push(JSON.parse(text));
  }

  close() {}

  say(frame) {
    this.onmessage({ data: JSON.stringify(frame) });
  }

  welcome(limits, token) {
    this.say({
      type: 'welcome', client: 'alice', session: 's', limits: { frame: 1_000_000, idle: 60_000, ...limits },
      ...(token && { resume: { token, within: 30_000 } }),
    });
  }

  end(code) {
    this.onclose({ code, reason: 'scripted' });
  }
}

const open = [];

function scripted(options = {}) {
  Scripted.all = [];
  const client = connect('ws://localhost/ws', { token: 't', WebSocket: Scripted, backoff: { first: 1, most: 1 }, ...options });
  open.push(client);
  return client;
}

after(() => open.forEach((each) => each.close()));

const tooLarge = { name: 'SignalboxError', code: 'too-large' };

test('what is larger than the server takes is refused before it is sent', { timeout: 10_000 }, async () => {
  const client = scripted();
  const waiting = assert.rejects(client.publish('news', 'x'.repeat(2_000)), tooLarge);
  const socket = await Scripted.number(0);
  socket.welcome({ frame: 500 });
  await waiting;
  await assert.rejects(client.send('client:bob', '€'.repeat(160)), tooLarge);
  await assert.rejects(client.subscribe('t'.repeat(600)), tooLarge);
  const fits = client.send('client:bob', '€'.repeat(100));
  const { id } = socket.sent.at(-1);
  socket.say({ type: 'ok', id, message: 'm', accepted: 1 });
  assert.equal((await fits).accepted, 1);
  assert.deepEqual(socket.sent.map((each) => each.type), ['auth', 'send']);
  assert.equal(client.state, 'open');
});

test('a reply that is larger than the server takes is refused to who asked', { timeout: 10_000 }, async () => {
  const client = scripted({ onRequest: (request) => (request.text === 'JSON?' ? circular() : 'x'.repeat(2_000)) });
  const socket = await Scripted.number(0);
  socket.welcome({ frame: 500 });
  const problems = [];
  const told = new Promise((resolve) => {
    client.addEventListener('problem', ({ detail }) => problems.push(detail) === 2 && resolve());
  });
  socket.say({ type: 'request', id: 'q1', from: 'client:bob', text: '?' });
  socket.say({ type: 'request', id: 'q2', from: 'client:bob', text: 'JSON?' });
  await told;
  const [first, second] = socket.sent.slice(1);
  assert.deepEqual({ ...first, reason: '' }, { type: 'nack', id: 'q1', reason: '' });
  assert.match(first.reason, /^reply too large: it takes 20\d\d bytes/);
  assert.deepEqual(second, { type: 'nack', id: 'q2', reason: 'its handler failed' });
  assert.equal(problems[0].code, 'too-large');
  assert.equal(client.state, 'open');
});

function circular() {
  const made = {};
  made.self = made;
  return made;
}

test('the limit is the server\'s to the byte', () => {
  const text = '€x';
  requireSize(text, 4);
  assert.throws(() => requireSize(text, 3), tooLarge);
});

test('a message that ends the connection is not repeated, and others are', { timeout: 10_000 }, async () => {
  const client = scripted();
  const first = await Scripted.number(0);
  first.welcome();
  const small = client.publish('news', 'small');
  const large = assert.rejects(client.publish('news', 'x'.repeat(2_000)), tooLarge);
  first.end(1009);
  await large;
  const second = await Scripted.number(1);
  second.welcome();
  assert.deepEqual(second.sent.map((each) => each.text), [undefined, 'small']);
  second.say({ type: 'ok', id: second.sent[1].id, topic: 'news', epoch: 'e', offset: 7 });
  assert.equal((await small).offset, 7);
});

test('a topic that was left while the connection broke is not followed again', { timeout: 10_000 }, async () => {
  const client = scripted();
  const first = await Scripted.number(0);
  first.welcome({}, 'token');
  const subscribing = client.subscribe('news');
  first.say({ type: 'ok', id: first.sent.at(-1).id, topic: 'news', epoch: 'e', offset: 3, recovered: true });
  const leaving = assert.rejects((await subscribing).unsubscribe(), ConnectionLostError);
  first.end(1006);
  await leaving;
  const second = await Scripted.number(1);
  second.say({
    type: 'welcome', client: 'alice', session: 's', limits: { frame: 1_000_000, idle: 60_000 },
    resume: { token: 'token', within: 30_000, topics: [{ topic: 'news', epoch: 'e', offset: 3, recovered: true }] },
  });
  assert.deepEqual(second.sent.at(-1), { type: 'unsubscribe', topic: 'news' });
});

test('a topic that cannot be had now is asked for again', { timeout: 10_000 }, async () => {
  const client = scripted();
  const problems = [];
  client.addEventListener('problem', ({ detail }) => problems.push(detail));
  const first = await Scripted.number(0);
  first.welcome({}, 'token');
  const subscribing = client.subscribe('news');
  first.say({ type: 'ok', id: first.sent.at(-1).id, topic: 'news', epoch: 'e', offset: 3, recovered: true });
  await subscribing;
  first.end(1006);
  const second = await Scripted.number(1);
  second.welcome({}, 'token');
  for (const code of ['unreachable', 'overloaded']) {
    const asked = second.sent.length;
    second.say({ type: 'error', id: second.sent.at(-1).id, code, message: 'not now' });
    for (let looks = 0; looks < 1_000 && second.sent.length === asked; looks++) {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    assert.deepEqual({ ...second.sent.at(-1), id: '' }, { type: 'subscribe', topic: 'news', epoch: 'e', offset: 3, id: '' });
  }
  second.say({ type: 'error', id: second.sent.at(-1).id, code: 'forbidden', message: 'no more' });
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(second.sent.length, 4);
  assert.deepEqual(problems.filter((each) => each.code).map((each) => each.code), ['unreachable', 'overloaded', 'forbidden']);
});

test('a greeting that is too large is made smaller once', { timeout: 10_000 }, async () => {
  const client = scripted();
  const first = await Scripted.number(0);
  assert.equal(first.sent[0].resume, 'new');
  first.welcome({}, 'token');
  first.say({ type: 'subscribed', topic: 'news', epoch: 'e', offset: 3 });
  first.end(1006);
  const second = await Scripted.number(1);
  assert.deepEqual(second.sent, [{ type: 'auth', token: 't', resume: 'token', seen: { news: { epoch: 'e', offset: 3 } } }]);
  second.end(1009);
  const third = await Scripted.number(2);
  assert.deepEqual(third.sent, [{ type: 'auth', token: 't', resume: 'new' }]);
  third.end(1009);
  assert.equal(client.state, 'closed');
});

test('a server that opens a connection and never welcomes is left', { timeout: 10_000 }, async () => {
  let client;
  await new Promise((second) => {
    let opened = 0;
    class Mute {
      constructor() {
        opened += 1;
        if (opened === 2) second();
        queueMicrotask(() => this.onopen());
      }

      send() {}

      close() {}
    }
    client = connect('ws://localhost/ws', { token: 't', timeout: 10, WebSocket: Mute, backoff: { first: 1 } });
  });
  client.close();
  assert.equal(client.state, 'closed');
});
