import { api, Refusal } from './api.js';

const SILENCE_MILLIS = 45_000; // the server says something every 15 s
const RETRY_MILLIS = 1000;
const LONGEST_RETRY_MILLIS = 30_000;

/**
 * Follows a session as server-sent events over fetch, since EventSource cannot send a token. Reconnects behind the last
 * event it saw. Calls `onEvent({offset, id, at, headers, value})`, `onGap({expected, next})`, `onState('live' | 'waiting')`, and
 * `onRefused(failure)` if the server will not have it, after which it has ended.
 */
export class EventStream {
  #session;
  #after;
  #listener;
  #abort = new AbortController();

  constructor(session, after, listener) {
    this.#session = session;
    this.#after = after;
    this.#listener = listener;
    this.#run();
  }

  close() {
    this.#abort.abort();
  }

  async #run() {
    const { signal } = this.#abort;
    for (let failures = 0; !signal.aborted; failures++) {
      try {
        await this.#connect(() => { failures = 0; });
      } catch (failure) {
        if (signal.aborted) return;
        if (failure instanceof Refusal && failure.status < 500 && failure.status !== 429) {
          this.#listener.onRefused(failure);
          return;
        }
      }
      if (signal.aborted) return;
      this.#listener.onState('waiting');
      await pause(Math.min(RETRY_MILLIS * 2 ** failures, LONGEST_RETRY_MILLIS), signal);
    }
  }

  /** Returns when the connection has ended; a connection that is silent for too long is ended here. */
  async #connect(connected) {
    const attempt = new AbortController();
    const signal = AbortSignal.any([this.#abort.signal, attempt.signal]);
    let watchdog = setTimeout(() => attempt.abort(), SILENCE_MILLIS);
    try {
      const response = await api.follow(this.#session, this.#after, signal);
      connected();
      this.#listener.onState('live');
      const parser = new EventParser((event) => this.#dispatch(event));
      for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
        clearTimeout(watchdog);
        watchdog = setTimeout(() => attempt.abort(), SILENCE_MILLIS);
        parser.push(chunk);
      }
    } finally {
      clearTimeout(watchdog);
    }
  }

  #dispatch({ type, id, data }) {
    if (this.#abort.signal.aborted) return;
    if (id) this.#after = id;
    if (type === 'gap') {
      this.#listener.onGap(JSON.parse(data));
    } else {
      this.#listener.onEvent(JSON.parse(data));
    }
  }
}

/** Cuts a text/event-stream into events (HTML standard, 9.2.6), as far as this server uses it: lines end with LF. */
class EventParser {
  #rest = '';
  #event = {};
  #onEvent;

  constructor(onEvent) {
    this.#onEvent = onEvent;
  }

  push(chunk) {
    const lines = (this.#rest + chunk).split('\n');
    this.#rest = lines.pop();
    lines.forEach((text) => this.#line(text));
  }

  #line(text) {
    if (text === '') {
      if (this.#event.data !== undefined) this.#onEvent(this.#event);
      this.#event = {};
      return;
    }
    const [, field, value] = /^([^:]*):? ?(.*)$/s.exec(text);
    if (field === 'data') {
      this.#event.data = this.#event.data === undefined ? value : `${this.#event.data}\n${value}`;
    } else if (field === 'id') {
      this.#event.id = value;
    } else if (field === 'event') {
      this.#event.type = value;
    }
  }
}

function pause(millis, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, millis);
    signal.addEventListener('abort', () => { clearTimeout(timer); resolve(); }, { once: true });
  });
}
