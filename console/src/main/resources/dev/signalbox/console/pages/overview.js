import { html, nothing } from 'lit';
import { api } from '../api.js';
import { commandLine } from '../commands.js';
import { messageRows } from '../message-rows.js';
import { Page } from '../page.js';
import '../rates-chart.js';
import { address } from '../route.js';
import '../state-counts.js';
import { line } from '../untrusted.js';
import { exactly, number, span, took } from '../words.js';

const REFRESH_MILLIS = 3000;
const LAST = 10;
const LONGEST_REASON = 100; // what the list can be searched for

/** How the node and its queue are doing. */
class OverviewPage extends Page {
  static properties = { last: { state: true } };

  #readAt = 0;
  #shown = '';

  async refresh() {
    const counts = JSON.stringify(this.overview.counts);
    if (counts === this.#shown && Date.now() - this.#readAt < REFRESH_MILLIS) return;
    this.#shown = counts;
    this.#readAt = Date.now();
    this.last = (await api.messages({ limit: LAST })).items;
    this.problem = undefined;
  }

  #tile(name, value, hint = nothing) {
    return html`<div class="tile"><dt>${name}</dt><dd title=${hint}>${value}</dd></div>`;
  }

  /** A server that does not tell this leaves it out. */
  #age(name, instant) {
    if (instant === undefined) return nothing;
    return instant === null
      ? this.#tile(name, html`<span class="quiet">none</span>`)
      : this.#tile(name, span(this.now - Date.parse(instant)), `since ${exactly(instant)}`);
  }

  #tiles() {
    const { oldestPending, oldestDue, clients, startedAt, health } = this.overview;
    return html`
      <dl class="tiles">
        ${this.#age('Oldest PENDING', oldestPending)}
        ${this.#age('Oldest due', oldestDue)}
        ${this.#tile('Clients connected', html`<a href=${address('clients')}>${number(clients)}</a>`)}
        ${this.#tile('Node up for', span(this.now - Date.parse(startedAt)), `since ${exactly(startedAt)}`)}
        ${Object.entries(health.components).map(([name, state]) => this.#tile(name, html`<span class="pill"><span
          class="lamp ${{ UP: 'good', DEGRADED: 'busy', DOWN: 'bad' }[state]}"></span>${state}</span>`))}
      </dl>
    `;
  }

  #reason({ reason, count, channel }) {
    const query = { reason: reason.slice(0, LONGEST_REASON), channel };
    const text = line(reason, 200);
    return html`
      <li>
        <b>${number(count)}</b>
        <span>${this.features.takes('get /api/messages', 'reason') ? html`<a href=${address('messages', '', query)}>${text}</a>` : text}</span>
        <small>${channel}</small>
      </li>
    `;
  }

  #errors() {
    const { errors } = this.overview;
    if (!errors) return nothing;
    return html`
      <section class="card" aria-labelledby="errors">
        <header><h2 id="errors">Errors by reason</h2><small>last hour</small></header>
        ${errors.length
          ? html`<ol class="reasons">${errors.map((error) => this.#reason(error))}</ol>`
          : html`<p class="empty">No error in the last hour.</p>`}
      </section>
    `;
  }

  #latency() {
    const { latency } = this.overview;
    if (!latency) return nothing;
    const rows = Object.entries(latency);
    return html`
      <section class="card" aria-labelledby="latency">
        <header><h2 id="latency">Accepted to SENT</h2><small>last 5 minutes, this node</small></header>
        ${rows.length
          ? html`<table class="numbers">
              <thead><tr><th scope="col">Channel</th><th scope="col">Median</th><th scope="col">99 %</th><th scope="col">Messages</th></tr></thead>
              <tbody>${rows.map(([channel, { p50Millis, p99Millis, count }]) => html`<tr><th scope="row">${channel}</th>
                <td>${took(p50Millis)}</td><td>${took(p99Millis)}</td><td>${number(count)}</td></tr>`)}</tbody></table>`
          : html`<p class="empty">Nothing was sent in the last 5 minutes.</p>`}
      </section>
    `;
  }

  #lastMessages() {
    if (!this.last) return this.problem ? nothing : html`<p class="empty">Reading…</p>`;
    return this.last.length
      ? messageRows(this.last, this.now)
      : html`<p class="empty">No message yet. Send the first one with<br><code>${commandLine('send')}</code></p>`;
  }

  render() {
    return html`
      ${this.title('Overview')}
      <state-counts .counts=${this.overview.counts}></state-counts>
      ${this.#tiles()}
      <div class="glance">
        <rates-chart .perSecond=${this.overview.perSecond}></rates-chart>
        <div class="aside">${this.#errors()}${this.#latency()}</div>
      </div>
      <section class="card" aria-labelledby="last">
        <header><h2 id="last">Last messages</h2><a href=${address('messages')}>All messages</a></header>
        ${this.problemLine()}${this.#lastMessages()}
      </section>
    `;
  }
}

customElements.define('overview-page', OverviewPage);
