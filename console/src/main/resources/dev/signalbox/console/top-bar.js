import { html, nothing } from 'lit';
import { Element } from './element.js';
import { theme } from './theme.js';
import { span } from './words.js';

const TONES = { UP: 'good', DEGRADED: 'busy', DOWN: 'bad' };
const WORDS = { UP: 'Healthy', DEGRADED: 'Degraded', DOWN: 'Down' };

/** Name, health, dispatch, theme. Fires `dispatch` with the wanted state, and `leave`. */
class TopBar extends Element {
  static properties = { overview: { attribute: false }, away: { type: Boolean }, theme: { state: true } };

  constructor() {
    super();
    this.theme = theme.chosen;
  }

  #fire(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  #health() {
    if (this.away) return html`<span class="pill"><span class="lamp bad"></span>Away</span>`;
    const { status, components } = this.overview.health;
    const parts = Object.entries(components).map(([name, health]) => `${name}: ${health.toLowerCase()}`);
    return html`<span class="pill" title=${parts.join('\n')}><span class="lamp ${TONES[status]}"></span>${WORDS[status]}</span>`;
  }

  #dispatch() {
    const running = this.overview.dispatch === 'RUNNING';
    return html`
      <span class="pill"><span class="lamp ${running ? 'good' : 'busy'}"></span>${running ? 'Sending' : 'Paused'}</span>
      ${this.overview.role === 'ADMIN'
        ? html`<button class="plain dispatch" ?disabled=${this.away}
            @click=${() => this.#fire('dispatch', running ? 'PAUSED' : 'RUNNING')}>${running ? 'Pause…' : 'Resume'}</button>`
        : nothing}
    `;
  }

  #theme() {
    return html`
      <button class="plain theme" aria-label="Colours: ${this.theme}. Change" title="Colours: ${this.theme}"
        @click=${() => { this.theme = theme.next(); }}>
        <span aria-hidden="true">${{ auto: '◐', light: '○', dark: '●' }[this.theme]}</span>
      </button>
    `;
  }

  render() {
    const { overview } = this;
    return html`
      <header class="top">
        <a class="brand" href="./"><img src="./icon.svg" width="26" height="26" alt=""><h1>Signalbox</h1></a>
        ${overview
          ? html`
            <div class="pills" role="status">${this.#health()}${this.#dispatch()}</div>
            <small class="build" title="Built ${overview.build.build_time} from ${overview.build.git_commit}">
              ${overview.build.version} · up ${span(Date.parse(overview.now) - Date.parse(overview.startedAt))}</small>`
          : nothing}
        <div class="tools">
          ${this.#theme()}
          <button class="plain" @click=${() => this.#fire('leave')}>Sign out</button>
        </div>
      </header>
    `;
  }
}

customElements.define('top-bar', TopBar);
