import { html } from 'lit';
import { Element } from './element.js';
import { number, STATES } from './words.js';

/** How many messages are in each state; choosing one filters the list. Fires `choose` with a state, or '' for all. */
class StateFilter extends Element {
  static properties = { counts: { attribute: false }, chosen: {} };

  #choose(state) {
    this.dispatchEvent(new CustomEvent('choose', { detail: this.chosen === state ? '' : state }));
  }

  #count(state) {
    const exact = this.counts?.exact ?? true;
    const count = this.counts?.byState[state] ?? 0;
    return exact || !['PENDING', 'RETRY_WAIT'].includes(state) ? number(count) : `${number(count)}+`;
  }

  render() {
    return html`
      <div class="states" role="group" aria-label="Messages by state; choose one to filter the list">
        ${Object.entries(STATES).map(([state, { label, tone, hint }]) => html`
          <button class="state ${tone} ${this.counts?.byState[state] ? '' : 'none'}" data-state=${state}
            aria-pressed=${this.chosen === state ? 'true' : 'false'} title=${hint} @click=${() => this.#choose(state)}>
            <span class="value">${this.counts ? this.#count(state) : '–'}</span>
            <span class="name"><span class="lamp ${tone}" aria-hidden="true"></span>${label}</span>
          </button>
        `)}
      </div>
    `;
  }
}

customElements.define('state-filter', StateFilter);
