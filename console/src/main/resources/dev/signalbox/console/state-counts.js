import { html } from 'lit';
import { Element } from './element.js';
import { address } from './route.js';
import { shape, STATES } from './states.js';
import { number } from './words.js';

const COUNTED_UP_TO_A_BOUND = ['PENDING', 'RETRY_WAIT'];

/** How many messages are in each state. Each count leads to them; the chosen one leads back to all. */
class StateCounts extends Element {
  static properties = { counts: { attribute: false }, query: { attribute: false } };

  #count(state) {
    if (!this.counts) return '–';
    const count = number(this.counts.byState[state] ?? 0);
    return !this.counts.exact && COUNTED_UP_TO_A_BOUND.includes(state) ? `${count}+` : count;
  }

  render() {
    const chosen = this.query?.state;
    return html`
      <nav class="states" aria-label="Messages by state">
        ${Object.entries(STATES).map(([state, { hint }]) => html`
          <a class="state ${this.counts?.byState[state] ? '' : 'none'}" data-state=${state} title=${hint}
            aria-current=${chosen === state ? 'true' : 'false'}
            href=${address('messages', '', { ...this.query, state: chosen === state ? '' : state })}>
            <span class="value">${this.#count(state)}</span>
            <span class="name">${shape(state)}${state}</span>
          </a>
        `)}
      </nav>
    `;
  }
}

customElements.define('state-counts', StateCounts);
