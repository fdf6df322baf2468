import { html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { api, Refusal } from '../api.js';
import '../attempt-timeline.js';
import { actionsOnOne, canResolveOne, questionOnOne } from '../message-actions.js';
import { chain } from '../message-rows.js';
import { Page } from '../page.js';
import { canResolve, mark, STATES } from '../states.js';
import { block, line, plain } from '../untrusted.js';
import { clock, exactly, number } from '../words.js';

const REFRESH_MILLIS = 2000;
const FIRST_PART = 10_000;
const WITHHELD = {
  encrypted: 'Encrypted; shown to admins only',
  redacted: 'Removed when the message was sent',
};
const MOST_HEADERS = 100;
const MOST_RECEIPTS = 100;

/** One message: its state, what can be done about it, its content and every attempt. */
class MessagePage extends Page {
  static properties = { message: { state: true }, whole: { state: true } };

  #readAt = 0;

  async refresh() {
    if (Date.now() - this.#readAt < REFRESH_MILLIS) return;
    this.#readAt = Date.now();
    this.message = await api.message(this.route.item);
    this.problem = undefined;
  }

  refused(failure) {
    const missing = failure instanceof Refusal && failure.status === 404;
    this.message = missing ? undefined : this.message;
    this.problem = missing
      ? `There is no message ${plain(this.route.item)}. It may have been removed when its time to be kept was over.`
      : failure.message;
  }

  async #act(action) {
    const answer = await this.shell.ask(questionOnOne(action));
    if (!answer) return;
    await this.attempt(async () => {
      const { note } = answer;
      const { outcome } = action;
      await api.act(this.message.id, action.action, outcome || note ? { outcome, note } : undefined);
      this.#readAt = 0;
      await this.refresh();
    });
  }

  /** Keyed, so that the focus never passes from one action's button to another's. */
  #actions() {
    if (!this.mayAct) return nothing;
    const { state } = this.message;
    return html`
      <div class="buttons" role="group" aria-label="Actions">
        ${repeat(actionsOnOne(state, this.features), (action) => action.one, (action) => html`
          <button class="plain ${action.danger ? 'danger' : ''}" @click=${() => this.#act(action)}>${action.one}</button>`)}
      </div>
      ${canResolve(state) && !canResolveOne(this.features)
        ? html`<small>This server cannot record whether the message arrived.</small>`
        : nothing}
    `;
  }

  #fact(name, value) {
    return value === undefined || value === null ? nothing : html`<dt>${name}</dt><dd>${value}</dd>`;
  }

  #time(instant) {
    return instant && html`<time datetime=${instant} title=${exactly(instant)}>${clock(instant)}</time>`;
  }

  #facts() {
    const { id, acceptedAt, at, expiresAt, nextAttemptAt, priority, maxAttempts, dedupeKey, headers } = this.message;
    const shown = Object.entries(headers ?? {}).slice(0, MOST_HEADERS);
    return html`
      <dl class="facts">
        ${this.#fact('Id', html`<code>${id}</code>`)}
        ${this.#fact('Accepted', this.#time(acceptedAt))}
        ${this.#fact('Not before', this.#time(at))}
        ${this.#fact('Next attempt', this.#time(nextAttemptAt))}
        ${this.#fact('Expires', this.#time(expiresAt))}
        ${this.#fact('Priority', priority)}
        ${this.#fact('Attempts a step', `at most ${maxAttempts}`)}
        ${this.#fact('Dedupe key', dedupeKey && html`<code>${line(dedupeKey)}</code>`)}
        ${shown.map(([name, value]) => this.#fact(html`<small>header</small> ${line(name)}`, html`<code>${line(value, 1000)}</code>`))}
      </dl>
    `;
  }

  #body() {
    const { body, bodyWithheld } = this.message;
    if (bodyWithheld) {
      return html`<blockquote aria-label="Body"><span class="quiet">${WITHHELD[bodyWithheld]}</span></blockquote>`;
    }
    const part = !this.whole && body.length > FIRST_PART;
    return html`
      <blockquote tabindex="0" aria-label="Body">${body ? block(body, part ? FIRST_PART : body.length) : html`<span class="quiet">Empty</span>`}</blockquote>
      ${part
        ? html`<p class="more"><button class="link" @click=${() => { this.whole = true; }}>Show all ${number(body.length)} characters</button></p>`
        : nothing}
    `;
  }

  /** What providers told after they took it. */
  #receipts() {
    const { receipts } = this.message;
    if (!receipts?.length) return nothing;
    return html`
      <section class="card" aria-labelledby="receipts"><header><h2 id="receipts">Receipts</h2></header>
        <table>
          <thead><tr><th scope="col">Receipt</th><th scope="col">Step</th><th scope="col">Provider’s id</th><th scope="col">Code</th><th scope="col">At</th></tr></thead>
          <tbody>${receipts.slice(0, MOST_RECEIPTS).map(({ status, step, providerId, code, at }) => html`
            <tr><th scope="row" data-label="Receipt">${line(status)}</th><td data-label="Step">${step + 1}</td>
              <td data-label="Provider’s id">${line(providerId)}</td><td data-label="Code">${code ? line(code) : nothing}</td>
              <td data-label="At">${this.#time(at)}</td></tr>`)}</tbody>
        </table></section>
    `;
  }

  #content() {
    const { state } = this.message;
    return html`
      <section class="card verdict" aria-label="State">
        <p class="state-now">${mark(state)} <span class="quiet">${STATES[state]?.hint}</span></p>
        <p class="chain">${chain(this.message)}</p>
        ${this.#actions()}
      </section>
      <div class="columns">
        <section class="card" aria-labelledby="history"><header><h2 id="history">History</h2></header>
          <attempt-timeline .message=${this.message} .now=${this.now}></attempt-timeline></section>
        <section class="card" aria-labelledby="content"><header><h2 id="content">Content</h2></header>
          ${this.#body()}${this.#facts()}</section>
      </div>
      ${this.#receipts()}
    `;
  }

  render() {
    return html`
      ${this.title('Message', html`<a href=${this.shell.lastList}>‹ Back to the list</a>`)}
      ${this.problemLine()}
      ${this.message ? this.#content() : this.problem ? nothing : html`<p class="empty">Reading…</p>`}
    `;
  }
}

customElements.define('message-page', MessagePage);
