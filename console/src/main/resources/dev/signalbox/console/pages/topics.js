import { html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { api } from '../api.js';
import { commandLine } from '../commands.js';
import { Page } from '../page.js';
import { PagedList } from '../paging.js';
import { address, go } from '../route.js';
import { line, plain } from '../untrusted.js';
import { bytes, number, rate } from '../words.js';

const REFRESH_MILLIS = 3000;

/** The topics that have a subscriber or keep a message, how many subscribe, and how fast messages come. */
class TopicsPage extends Page {
  #list;
  /** The last offset of each topic at the read before this one, and when that was. */
  #before = new Map();
  #rates = new Map();
  #beforeAt;

  willUpdate(changed) {
    if (!changed.has('route')) return;
    const { name } = this.route.query;
    this.#list?.stop();
    this.#list = new PagedList((page, signal) => read({ name, ...page }, signal), { changed: () => this.requestUpdate() });
    this.problem = undefined;
  }

  async refresh() {
    const list = this.#list;
    if (!this.#lists || (list.readAt && (!list.refreshable || Date.now() - list.readAt < REFRESH_MILLIS))) return;
    await list.refresh();
    this.#measure();
    this.problem = undefined;
    this.requestUpdate();
  }

  get #lists() {
    return this.features.has('get /api/topics');
  }

  /** A topic that has begun a new life since has no rate yet. */
  #measure() {
    const seconds = (Date.now() - this.#beforeAt) / 1000;
    const now = new Map(this.#list.items.map(({ name, epoch, last }) => [name, { epoch, last }]));
    this.#rates = new Map([...now].flatMap(([name, { epoch, last }]) => {
      const before = this.#before.get(name);
      return before?.epoch === epoch ? [[name, (last - before.last) / seconds]] : [];
    }));
    this.#before = now;
    this.#beforeAt = Date.now();
  }

  #search(event) {
    event.preventDefault();
    go(address('topics', '', { name: new FormData(event.target).get('name').trim() }));
  }

  #topic({ name, subscribers, first, last, bytes: size }) {
    const speed = this.#rates.get(name);
    return html`
      <tr>
        <th scope="row" data-label="Topic"><a href=${address('topics', name)}>${line(name, 128)}</a></th>
        <td data-label="Subscribers">${number(subscribers)}</td>
        <td data-label="Rate">${speed === undefined ? html`<span class="quiet">–</span>` : html`${rate(speed)}/s`}</td>
        <td data-label="Kept">${last < first
          ? html`<span class="quiet">nothing</span>`
          : html`${number(last - first + 1)} <span class="quiet">${bytes(size)}</span>`}</td>
        <td data-label="Last offset">${last < first ? html`<span class="quiet">–</span>` : html`<code>${last}</code>`}</td>
      </tr>
    `;
  }

  #table() {
    if (!this.#lists) return html`<p class="empty">This server cannot list its topics.</p>`;
    const { items } = this.#list;
    if (!items) return this.problem ? nothing : html`<p class="empty">Reading…</p>`;
    if (items.length === 0) {
      return this.route.query.name
        ? html`<p class="empty">No topic’s name begins with “${plain(this.route.query.name)}”. <a href=${address('topics')}>Show all</a></p>`
        : html`<p class="empty">There is no topic now. A topic begins with its first subscriber or message:<br>
            <code>${commandLine('publish')}</code></p>`;
    }
    return html`
      <table>
        <thead><tr><th scope="col">Topic</th><th scope="col">Subscribers</th><th scope="col">Rate</th><th scope="col">Kept</th>
          <th scope="col">Last offset</th></tr></thead>
        <tbody>${repeat(items, ({ name }) => name, (topic) => this.#topic(topic))}</tbody>
      </table>
      ${this.showMore(this.#list)}
    `;
  }

  render() {
    return html`
      ${this.title('Topics', nothing)}
      <section class="card" aria-label="Topics">
        <div class="bar"><form role="search" class="bar" aria-label="Topics" @submit=${this.#search}>
          <label>Name begins with <input name="name" type="search" maxlength="128" autocomplete="off" spellcheck="false"
            .value=${this.route.query.name ?? ''}></label>
          <button class="primary">Search</button>
        </form></div>
        ${this.problemLine()}${this.#table()}
      </section>
    `;
  }
}

/** A page of topics; lists tell items apart by their ids. */
async function read(query, signal) {
  const { items, next } = await api.topics(query, signal);
  return { items: items.map((topic) => ({ id: topic.name, ...topic })), next };
}

customElements.define('topics-page', TopicsPage);
