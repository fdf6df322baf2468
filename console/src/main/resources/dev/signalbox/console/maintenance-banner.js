import { html, nothing } from 'lit';
import { Element } from './element.js';
import { line } from './untrusted.js';
import { exactly, span } from './words.js';

const WORDS = { OPEN: 'This node is about to enter maintenance.', DRAINING: 'This node drains.', CLOSED: 'This node is in maintenance.' };

/** Who wishes maintenance, until when, and what is still under way. Fires `maintenance` with false to end the operator's wish. */
class MaintenanceBanner extends Element {
  static properties = { overview: { attribute: false } };

  #signal({ source, actor, reason, until }) {
    const end = until ? html`, until <span title=${exactly(until)}>in ${span(Date.parse(until) - Date.parse(this.overview.now))}</span>` : nothing;
    return html`${reason ? `${line(reason, 200)} ` : nothing}(${line(actor, 60)}, by ${source}${end}) `;
  }

  #underWay(participants) {
    const waiting = Object.entries(participants).filter(([, count]) => count > 0);
    return waiting.length ? `Still under way: ${waiting.map(([name, count]) => `${name} ${count}`).join(', ')}.` : nothing;
  }

  render() {
    const { maintenance, role } = this.overview;
    if (!maintenance || (maintenance.admission === 'OPEN' && !maintenance.signals.length)) return nothing;
    const own = maintenance.signals.some(({ source }) => source === 'operator');
    return html`<p class="banner" role="status"><span class="lamp busy"></span><span><b>${WORDS[maintenance.admission]}</b>
      ${maintenance.signals.map((signal) => this.#signal(signal))}${this.#underWay(maintenance.underWay)}</span>
      ${own && role === 'ADMIN'
        ? html`<button class="link" @click=${() => this.dispatchEvent(new CustomEvent('maintenance', { detail: false }))}>End it</button>`
        : nothing}</p>`;
  }
}

customElements.define('maintenance-banner', MaintenanceBanner);
