import { SignalboxError } from './errors.js';

/** What came from a client, a logic or a topic. Immutable. */
export class Message {
  /** @param {object} frame as in docs/protocol.md */
  constructor(frame) {
    this.id = frame.id;
    this.from = frame.from;
    this.topic = frame.topic;
    this.offset = frame.offset;
    /** The topic itself, if `topic` is a pattern. */
    this.in = frame.in;
    this.headers = Object.freeze({ ...frame.headers });
    /** The payload: a string, or bytes. */
    this.payload = frame.text ?? decode(frame.base64);
    Object.freeze(this);
  }

  /** The payload as text; throws a TypeError if it is bytes. */
  get text() {
    if (typeof this.payload !== 'string') {
      throw new TypeError('the payload of this message is bytes, not text: use `payload`');
    }
    return this.payload;
  }

  /** The payload read as JSON. */
  get json() {
    return JSON.parse(this.text);
  }
}

/** The fields of a frame that carry a payload: text, bytes, or whatever JSON can say. */
export function encode(payload) {
  if (typeof payload === 'string') {
    return { text: payload };
  }
  if (payload instanceof ArrayBuffer || ArrayBuffer.isView(payload)) {
    return { base64: base64(payload) };
  }
  if (payload === undefined) {
    throw new TypeError('a message needs a payload: a string, bytes, or what JSON can say');
  }
  return { json: payload };
}

/** Throws at what is larger than the server takes: it would end the connection. */
export function requireSize(text, maxBytes) {
  // Bytes are counted only where they could be too many: a character has three at most.
  if (text.length * 3 > maxBytes) {
    const bytes = new TextEncoder().encode(text).length;
    if (bytes > maxBytes) {
      throw new SignalboxError(
        'too-large', `it takes ${bytes} bytes, of which the server takes ${maxBytes} at a time (limits.frame); nothing was sent`);
    }
  }
}

function base64(payload) {
  const bytes = payload instanceof ArrayBuffer
    ? new Uint8Array(payload)
    : new Uint8Array(payload.buffer, payload.byteOffset, payload.byteLength);
  let binary = '';
  for (let at = 0; at < bytes.length; at += 8_192) {
    binary += String.fromCharCode(...bytes.subarray(at, at + 8_192));
  }
  return btoa(binary);
}

function decode(text) {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
