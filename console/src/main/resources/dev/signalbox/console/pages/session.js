import { html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { api } from '../api.js';
import { EventStream } from '../event-stream.js';
import { Page } from '../page.js';
import { address } from '../route.js';
import { line } from '../untrusted.js';
import { clock, count, exactly, number } from '../words.js';

const PAGE = 100;
const MOST_EVENTS = 1000;
const LONGEST_VALUE = 500;
const LONGEST_OPENED = 20_000;

const STATES = { live: 'Following live', waiting: 'Connection lost; trying again', off: 'Not following' };

/**
 * The events of one session, newest first: the latest ones, earlier ones on request, and new ones as they come. Holds
 * at most MOST_EVENTS; the other end of the list gives way.
 */
class SessionPage extends Page {
  static properties = { entries: { state: true }, state: { state: true }, opened: { state: true } };

  #stream;
  #first = 0;
  /** The id of the last event, or the offset to go on after. */
  #last = 0;
  #begun = false;

  constructor() {
    super();
    this.state = 'off';
    this.opened = new Set();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#stop();
  }

  async refresh() {
    if (this.#begun) return;
    await this.#latest();
    this.#begun = true;
    if (this.isConnected) this.#follow();
  }

  refused(failure) {
    this.#begun = failure.status < 500;
    super.refused(failure);
  }

  /** Only the end of a session is of interest at first; where that is, the first read tells. */
  async #latest() {
    const head = await api.events(this.route.item, { after: 0, limit: 1 });
    this.#first = head.events[0]?.offset ?? 0;
    const after = Math.max((head.last ?? 0) - PAGE, this.#first - 1, 0);
    const page = await api.events(this.route.item, { after, limit: PAGE });
    this.entries = entries(page);
    this.#last = page.events.at(-1)?.id ?? after;
    this.problem = undefined;
  }

  #follow() {
    this.#stop();
    this.state = 'waiting';
    this.#stream = new EventStream(this.route.item, this.#last, {
      onEvent: (event) => this.#append({ event }),
      onGap: (gap) => this.#append({ gap }),
      onState: (state) => { this.state = state; },
      onRefused: (failure) => { this.state = 'off'; super.refused(failure); },
    });
  }

  #stop() {
    this.#stream?.close();
    this.state = 'off';
  }

  #append(entry) {
    this.#last = entry.event?.id ?? entry.gap.next - 1;
    this.entries = [...this.entries, entry].slice(-MOST_EVENTS);
  }

  get #shownFirst() {
    return this.entries.find(({ event }) => event)?.event.offset;
  }

  /** Earlier events push later ones out once there are too many; then it no longer follows. */
  async #earlier() {
    const first = this.#shownFirst;
    const after = Math.max(first - 1 - PAGE, this.#first - 1, 0);
    await this.attempt(async () => {
      const page = await api.events(this.route.item, { after, limit: Math.min(PAGE, first - 1 - after) });
      const known = this.entries.slice(this.entries.findIndex(({ event }) => event));
      const all = [...entries(page).filter(({ event }) => !event || event.offset < first), ...known];
      if (all.length > MOST_EVENTS) this.#stop();
      this.entries = all.slice(0, MOST_EVENTS);
      this.#first = page.gap ? page.gap.next : this.#first;
    });
  }

  async #end() {
    await this.attempt(() => this.#latest());
    this.#follow();
  }

  #toggle(offset) {
    const opened = new Set(this.opened);
    if (!opened.delete(offset)) opened.add(offset);
    this.opened = opened;
  }

  #event({ offset, at, headers = {}, value }) {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    const opened = this.opened.has(offset);
    return html`
      <li>
        <code class="offset">${offset}</code>
        <code class="value">${line(text, opened ? LONGEST_OPENED : LONGEST_VALUE)}
          ${text.length > LONGEST_VALUE
            ? html`<button class="link" aria-expanded=${opened ? 'true' : 'false'} @click=${() => this.#toggle(offset)}>
                ${opened ? 'Show less' : `Show ${number(Math.min(text.length, LONGEST_OPENED))} of ${number(text.length)} characters`}</button>`
            : nothing}
          ${Object.keys(headers).length
            ? html`<br><span class="quiet">${line(Object.entries(headers).map(([name, text]) => `${name} ${text}`).join(' · '))}</span>`
            : nothing}</code>
        <time datetime=${at} title=${exactly(at)}>${clock(at)}</time>
      </li>
    `;
  }

  #gap({ expected, next }) {
    const missing = next - expected;
    return html`<li class="gap"><b>Gap</b> ${missing > 0
      ? `${count(missing, 'event')} from ${expected} to ${next - 1} can no longer be read.`
      : `The session went back: after ${expected - 1} comes ${next}. Events in between may have been lost.`}</li>`;
  }

  #events() {
    if (!this.entries) return this.problem ? nothing : html`<p class="empty">Reading…</p>`;
    if (this.entries.length === 0) {
      return html`<p class="empty">This session has no events${this.state === 'off' ? '' : ' yet; they appear here as they come'}.</p>`;
    }
    return html`
      <ol class="events" aria-label="Events, newest first">${repeat(this.entries.toReversed(), key, ({ event, gap }) =>
        (event ? this.#event(event) : this.#gap(gap)))}</ol>
      <p class="more">${this.#shownFirst > this.#first
        ? html`<button class="plain" @click=${this.#earlier}>Show earlier events</button>`
        : nothing} <span>${number(this.entries.length)} shown, at most ${number(MOST_EVENTS)}.</span></p>
    `;
  }

  #controls() {
    const following = this.state !== 'off';
    return html`
      <div class="bar">
        <span class="pill" role="status"><span class="lamp ${{ live: 'good', waiting: 'busy', off: '' }[this.state]}"></span>${STATES[this.state]}</span>
        <div class="buttons">
          <button class="plain follow" aria-pressed=${following ? 'true' : 'false'} ?disabled=${!this.entries}
            @click=${() => (following ? this.#stop() : this.#end())}>Follow live</button>
        </div>
      </div>
    `;
  }

  render() {
    return html`
      ${this.title(html`Session ${line(this.route.item, 200)}`, html`<a href=${address('sessions')}>‹ Other sessions</a>`)}
      <section class="card" aria-label="Events">${this.#controls()}${this.problemLine()}${this.#events()}</section>
    `;
  }
}

const key = ({ event, gap }) => (event ? event.offset : `gap ${gap.expected} ${gap.next}`);

const entries = ({ gap, events }) => [...(gap ? [{ gap }] : []), ...events.map((event) => ({ event }))];

customElements.define('session-page', SessionPage);
