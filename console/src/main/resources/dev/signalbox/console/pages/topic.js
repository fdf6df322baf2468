import { html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { api, Refusal } from '../api.js';
import { Page } from '../page.js';
import { address } from '../route.js';
import { line } from '../untrusted.js';
import { bytes, clock, count, exactly, number } from '../words.js';

const PAGE = 100;
const MOST_MESSAGES = 500;
const LONGEST_PAYLOAD = 500;

/**
 * One topic: what it keeps, newest first, and what comes while the page is open; who subscribes, where the topic tells. Shows at most
 * MOST_MESSAGES; the oldest give way.
 */
class TopicPage extends Page {
  static properties = { topic: { state: true }, entries: { state: true }, paused: { state: true }, presence: { state: true }, gone: { state: true } };

  /** The offset that was read up to; undefined before the first read. */
  #next;
  #epoch;

  constructor() {
    super();
    this.paused = false;
  }

  async refresh() {
    try {
      this.topic = await api.topic(this.route.item);
      this.gone = false;
      if (!this.paused) await this.#read();
      this.presence = this.topic.presence ? await api.presence(this.route.item, { limit: PAGE }) : undefined;
      this.problem = undefined;
    } catch (failure) {
      if (!(failure instanceof Refusal) || failure.status !== 404) throw failure;
      this.gone = true;
    }
  }

  /** From the newest PAGE messages on; a topic that has begun a new life is read from its beginning. */
  async #read() {
    const { first, last, epoch } = this.topic;
    if (this.#epoch !== epoch) {
      this.#epoch = epoch;
      this.entries = [];
      this.#next = Math.max(first - 1, last - PAGE);
    }
    // Older ones would not be shown, and what comes meanwhile is for the next time: a busy topic has no end.
    this.#next = Math.max(this.#next, last - MOST_MESSAGES);
    while (this.#next < last && this.isConnected) {
      const page = await api.topicMessages(this.route.item, { after: this.#next, limit: PAGE });
      if (page.epoch !== epoch) return;
      const gap = page.gap ? [{ gap: page.gap }] : [];
      this.entries = [...this.entries, ...gap, ...page.messages.map((message) => ({ message }))].slice(-MOST_MESSAGES);
      this.#next = page.next;
    }
  }

  #message({ offset, at, from, text, base64, headers = {} }) {
    const details = [`from ${from}`, ...Object.entries(headers).map(([name, value]) => `${name} ${value}`)].join(' · ');
    return html`
      <li>
        <code class="offset">${offset}</code>
        <code class="value">${text === undefined
          ? html`<span class="quiet">${bytes(Math.floor((base64.length * 3) / 4))} that are not text</span>`
          : line(text, LONGEST_PAYLOAD)}<br><span class="quiet">${line(details)}</span></code>
        <time datetime=${at} title=${exactly(at)}>${clock(at)}</time>
      </li>
    `;
  }

  #gap({ expected, next }) {
    return html`<li class="gap"><b>Gap</b> ${count(next - expected, 'message')} from ${expected} to ${next - 1} came faster than this page
      reads, and are no longer kept.</li>`;
  }

  #messages() {
    if (this.gone) return html`<p class="empty">There is no such topic now: nobody subscribes to it, and it keeps no message.</p>`;
    if (!this.entries) return this.problem ? nothing : html`<p class="empty">Reading…</p>`;
    if (this.entries.length === 0) return html`<p class="empty">It keeps no message; those that come appear here.</p>`;
    return html`
      <ol class="events" aria-label="Messages, newest first">${repeat(this.entries.toReversed(), key, ({ message, gap }) =>
        (message ? this.#message(message) : this.#gap(gap)))}</ol>
      <p class="more"><span>${number(this.entries.length)} shown, at most ${number(MOST_MESSAGES)}.</span></p>
    `;
  }

  #facts() {
    if (!this.topic) return nothing;
    const { subscribers, first, last, bytes: size, epoch } = this.topic;
    const latest = this.entries?.findLast(({ message }) => message)?.message;
    return html`
      <section class="card" aria-label="The topic">
        <dl class="facts">
          <dt>Subscribers</dt><dd>${number(subscribers)}</dd>
          <dt>Kept</dt><dd>${last < first ? 'nothing' : html`${count(last - first + 1, 'message')}, ${bytes(size)}`}</dd>
          <dt>Last message</dt><dd>${latest
            ? html`<time datetime=${latest.at} title=${exactly(latest.at)}>${clock(latest.at)}</time> from ${line(latest.from, 140)}`
            : html`<span class="quiet">none is kept</span>`}</dd>
          <dt>Epoch</dt><dd><code>${epoch}</code></dd>
          ${this.presence
            ? html`<dt>Who is there</dt><dd>${this.presence.users.length
                ? line(this.presence.users.join(' · '), 2000)
                : html`<span class="quiet">nobody</span>`}${this.presence.count > this.presence.users.length
                ? html` <span class="quiet">and ${number(this.presence.count - this.presence.users.length)} more</span>`
                : nothing}</dd>`
            : nothing}
        </dl>
      </section>`;
  }

  #controls() {
    return html`
      <div class="bar">
        <span class="pill" role="status"><span class="lamp ${this.paused || this.gone ? '' : 'good'}"></span>${this.paused ? 'Not following' : 'Following live'}</span>
        <div class="buttons">
          <button class="plain follow" aria-pressed=${this.paused ? 'false' : 'true'}
            @click=${() => { this.paused = !this.paused; }}>Follow live</button>
        </div>
      </div>
    `;
  }

  render() {
    return html`
      ${this.title(html`Topic ${line(this.route.item, 128)}`, html`<a href=${address('topics')}>‹ Other topics</a>`)}
      ${this.#facts()}
      <section class="card" aria-label="Messages">${this.#controls()}${this.problemLine()}${this.#messages()}</section>
    `;
  }
}

const key = ({ message, gap }) => (message ? message.offset : `gap ${gap.expected} ${gap.next}`);

customElements.define('topic-page', TopicPage);
