import { html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { api } from '../api.js';
import { Page } from '../page.js';
import { PagedList } from '../paging.js';
import { address } from '../route.js';
import { shape } from '../states.js';
import { line } from '../untrusted.js';
import { ago, exactly, number } from '../words.js';

const LIST = 'get /api/batches';
const REFRESH_MILLIS = 3000;

/** Messages that were enqueued together, newest first: how far each batch is, how its messages ended, and who is told. */
class BatchesPage extends Page {
  static properties = { missing: { state: true } };

  #list = new PagedList((query, signal) => api.batches(query, signal), { changed: () => this.requestUpdate() });

  leave() {
    this.#list.stop();
  }

  async refresh() {
    this.missing = !this.features.has(LIST);
    const list = this.#list;
    if (this.missing || (list.readAt && (!list.refreshable || Date.now() - list.readAt < REFRESH_MILLIS))) return;
    await list.refresh();
    this.problem = undefined;
  }

  #time(instant) {
    return html`<time datetime=${instant} title=${exactly(instant)}>${ago(instant, this.now)}</time>`;
  }

  #progress({ total, done }) {
    return html`<progress max=${Math.max(total, 1)} .value=${total ? done : 1} aria-label="Messages that have ended"></progress>
      <small>${number(done)} of ${number(total)}</small>`;
  }

  #ended({ ended }) {
    const states = Object.entries(ended);
    if (states.length === 0) return html`<span class="quiet">none yet</span>`;
    return states.map(([state, count]) => html`<span class="mark">${shape(state)}${number(count)} ${state}</span> `);
  }

  /** Whom it is told to, and the message that tells. */
  #callback({ callback, message }) {
    if (!callback) return html`<span class="quiet">nobody</span>`;
    return html`${line(callback, 120)}${message ? html`<br><a href=${address('messages', message)}>the message</a>` : nothing}`;
  }

  #batch(batch) {
    const { id, failed, createdAt, completedAt } = batch;
    return html`
      <tr>
        <th scope="row" data-label="Batch"><code>${id}</code></th>
        <td data-label="Progress">${this.#progress(batch)}</td>
        <td data-label="Failed">${failed ? number(failed) : html`<span class="quiet">0</span>`}</td>
        <td data-label="Ended as">${this.#ended(batch)}</td>
        <td data-label="Created">${this.#time(createdAt)}</td>
        <td data-label="Completed">${completedAt ? this.#time(completedAt) : html`<span class="quiet">not yet</span>`}</td>
        <td data-label="Told">${this.#callback(batch)}</td>
      </tr>
    `;
  }

  #table() {
    if (this.missing) return html`<p class="empty">This server has no batches.</p>`;
    const { items } = this.#list;
    if (!items) return this.problem ? nothing : html`<p class="empty">Reading…</p>`;
    if (items.length === 0) {
      return html`<p class="empty">There is no batch. <code>POST /api/batches</code> enqueues messages as one.</p>`;
    }
    return html`
      <table>
        <thead><tr><th scope="col">Batch</th><th scope="col">Progress</th><th scope="col">Failed</th><th scope="col">Ended as</th>
          <th scope="col">Created</th><th scope="col">Completed</th><th scope="col">Told</th></tr></thead>
        <tbody>${repeat(items, ({ id }) => id, (batch) => this.#batch(batch))}</tbody>
      </table>
      ${this.showMore(this.#list)}
    `;
  }

  render() {
    return html`
      ${this.title('Batches', html`<a href=${address('messages')}>‹ Messages</a>`)}
      <section class="card" aria-label="Batches">${this.problemLine()}${this.#table()}</section>
    `;
  }
}

customElements.define('batches-page', BatchesPage);
