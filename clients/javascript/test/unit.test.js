import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Backoff } from '../backoff.js';
import { Calls } from '../calls.js';
import { isFinal, pauseAfter } from '../closing.js';
import { ConnectionLostError, TimeoutError } from '../errors.js';
import { Message, encode } from '../message.js';
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
  assert.ok([1006, 1012, 1013, 4410, 4429, 4401].every((code) => !isFinal(code, 1)));
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
