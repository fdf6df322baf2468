import { html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import './attempt-timeline.js';
import { Element } from './element.js';
import { address, ago, canCancel, canRetry, currentStep, number, STATES, tries } from './words.js';

/**
 * The last messages; each opens to its attempts. Fires `act` with {action, message}, `more` for a longer list, and
 * `choose` with '' to drop the filter.
 */
class MessageList extends Element {
  static properties = {
    page: { attribute: false },
    problem: {},
    chosen: {},
    now: { type: Number },
    mayAct: { type: Boolean },
    opened: { state: true },
  };

  constructor() {
    super();
    this.opened = new Set();
  }

  #toggle(id) {
    const opened = new Set(this.opened);
    if (!opened.delete(id)) {
      opened.add(id);
    }
    this.opened = opened;
  }

  #fire(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  #chain(message) {
    const current = currentStep(message);
    return message.reach.map(({ to, within }, i) => {
      const { channel, rest } = address(to);
      const place = i < current ? 'past' : i === current ? 'current' : 'later';
      return html`${i > 0 ? html`<span class="arrow" aria-label="then">›</span>` : nothing}<span class="step ${place}"
        title=${within ? `within ${within}` : nothing}><small>${channel}</small> ${rest}</span>`;
    });
  }

  #row(message) {
    const { label, tone, hint } = STATES[message.state];
    const opened = this.opened.has(message.id);
    const tried = tries(message);
    return html`
      <li class=${opened ? 'opened' : ''} data-id=${message.id}>
        <button class="row" aria-expanded=${opened ? 'true' : 'false'} aria-controls="m-${message.id}"
          @click=${() => this.#toggle(message.id)}>
          <span class="status" title=${hint}><span class="lamp ${tone}" aria-hidden="true"></span>${label}</span>
          <span class="chain">${this.#chain(message)}</span>
          <span class="body">${message.body}</span>
          <span class="tries">${tried === 0 ? '' : tried === 1 ? '1 attempt' : `${tried} attempts`}</span>
          <time class="age" datetime=${message.acceptedAt}>${ago(message.acceptedAt, this.now)}</time>
        </button>
        ${opened ? this.#details(message) : nothing}
      </li>
    `;
  }

  #details(message) {
    return html`
      <div class="details" id="m-${message.id}">
        <blockquote>${message.body}</blockquote>
        <attempt-timeline .message=${message} .now=${this.now}></attempt-timeline>
        <footer>
          <small class="facts"><code>${message.id}</code> · priority ${message.priority} · at most ${message.maxAttempts}
            attempts a way${message.dedupeKey ? html` · key <code>${message.dedupeKey}</code>` : nothing}</small>
          ${this.mayAct ? this.#actions(message) : nothing}
        </footer>
      </div>
    `;
  }

  #actions(message) {
    return html`
      ${canCancel(message.state)
        ? html`<button class="plain danger" @click=${() => this.#fire('act', { action: 'cancel', message })}>Cancel…</button>`
        : nothing}
      ${canRetry(message.state)
        ? html`<button class="plain" @click=${() => this.#fire('act', { action: 'retry', message })}>Try again…</button>`
        : nothing}
    `;
  }

  #empty() {
    return this.chosen
      ? html`<p class="empty">No message is ${STATES[this.chosen].label.toLowerCase()}.
          <button class="link" @click=${() => this.#fire('choose', '')}>Show all</button></p>`
      : html`<p class="empty">No message yet. Send the first one with
          <code>./signalbox send sms:+61491570006 "Hello"</code></p>`;
  }

  #items() {
    const items = this.page?.items;
    if (!items) return this.problem ? nothing : html`<p class="empty">Reading…</p>`;
    if (items.length === 0) return this.#empty();
    return html`<ul class="messages">${repeat(items, (m) => m.id, (m) => this.#row(m))}</ul>`;
  }

  render() {
    return html`
      <section class="card deliveries" aria-labelledby="messages-title">
        <header>
          <h2 id="messages-title">${this.chosen ? `${STATES[this.chosen].label} messages` : 'Last messages'}</h2>
          ${this.chosen
            ? html`<button class="link" @click=${() => this.#fire('choose', '')}>Show all</button>`
            : nothing}
        </header>
        ${this.problem ? html`<p class="problem" role="alert">${this.problem}</p>` : nothing}
        ${this.#items()}
        ${this.page?.next
          ? html`<p class="more"><button class="link" @click=${() => this.#fire('more')}>
              Show more than ${number(this.page.items.length)}</button></p>`
          : nothing}
      </section>
    `;
  }
}

customElements.define('message-list', MessageList);
