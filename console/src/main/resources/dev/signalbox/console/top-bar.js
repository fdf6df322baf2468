import { html, nothing } from 'lit';
import { Element } from './element.js';
import { address, PAGES } from './route.js';
import { theme } from './theme.js';

const TONES = { UP: 'good', DEGRADED: 'busy', DOWN: 'bad' };

/** Name, pages, health, role, dispatcher, maintenance, theme. Fires `dispatch` with the wanted state, `maintenance`, and `leave`. */
class TopBar extends Element {
  static properties = { overview: { attribute: false }, page: {}, away: { type: Boolean }, theme: { state: true } };

  constructor() {
    super();
    this.theme = theme.chosen;
  }

  #fire(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  #health() {
    if (this.away) return html`<span class="pill"><span class="lamp bad"></span>Server away</span>`;
    const { status, components } = this.overview.health;
    const each = Object.entries(components).map(([name, health]) => `${name} ${health}`);
    return html`<span class="pill" title=${each.join('\n')}><span class="lamp ${TONES[status]}"></span>Health ${status}</span>`;
  }

  /** Only where one node alone sends. */
  #role() {
    const { ha } = this.overview;
    if (ha?.active !== 'one') return nothing;
    const serving = ha.role === 'SERVING';
    return html`<span class="pill role" title=${`Leader: ${ha.leader ?? 'none is known'}`}><span class="lamp ${serving ? 'good' : 'busy'}"></span>${ha.role}</span>`;
  }

  #dispatch() {
    const { dispatch, role } = this.overview;
    const running = dispatch === 'RUNNING';
    return html`
      <span class="pill"><span class="lamp ${running ? 'good' : 'busy'}"></span>Dispatcher ${dispatch}</span>
      ${role === 'ADMIN'
        ? html`<button class="plain dispatch" ?disabled=${this.away}
            @click=${() => this.#fire('dispatch', running ? 'PAUSED' : 'RUNNING')}>${running ? 'Pause…' : 'Resume'}</button>`
        : nothing}
    `;
  }

  /** Only the way in: the banner of a maintenance has the way out. */
  #maintenance() {
    const { maintenance, role } = this.overview;
    if (!maintenance || role !== 'ADMIN' || maintenance.signals.length) return nothing;
    return html`<button class="plain maintenance" ?disabled=${this.away} @click=${() => this.#fire('maintenance', true)}>Maintenance…</button>`;
  }

  #tools() {
    return html`
      <div class="tools">
        <button class="plain theme" aria-label="Colours: ${this.theme}. Change" title="Colours: ${this.theme}"
          @click=${() => { this.theme = theme.next(); }}>
          <span aria-hidden="true">${{ auto: '◐', light: '○', dark: '●' }[this.theme]}</span>
        </button>
        <button class="plain" @click=${() => this.#fire('leave')}>Sign out</button>
      </div>
    `;
  }

  render() {
    const { build } = this.overview;
    return html`
      <header class="top">
        <a class="brand" href=${address('overview')} title="Signalbox ${build.version}, built ${build.build_time} from ${build.git_commit}">
          <img src="./icon.svg" width="26" height="26" alt="">Signalbox</a>
        <nav class="pages" aria-label="Pages">
          ${PAGES.map((page) => html`<a href=${address(page)} aria-current=${page === this.page ? 'page' : 'false'}>${name(page)}</a>`)}
        </nav>
        <div class="pills" role="status">${this.#health()}${this.#role()}${this.#dispatch()}${this.#maintenance()}</div>
        ${this.#tools()}
      </header>
    `;
  }
}

const name = (page) => page[0].toUpperCase() + page.slice(1);

customElements.define('top-bar', TopBar);
