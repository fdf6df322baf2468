import { html, nothing } from 'lit';
import { Element } from './element.js';

/** Asks for the token. Fires `token` with it. */
class TokenPrompt extends Element {
  static properties = { problem: {}, busy: { type: Boolean } };

  firstUpdated() {
    this.querySelector('input').focus();
  }

  #submit(event) {
    event.preventDefault();
    const token = this.querySelector('input').value.trim();
    if (token) {
      this.dispatchEvent(new CustomEvent('token', { detail: token }));
    }
  }

  render() {
    return html`
      <main class="prompt">
        <img src="./icon.svg" width="48" height="48" alt="">
        <h1>Signalbox</h1>
        <form @submit=${this.#submit}>
          <label for="token">Token</label>
          <input id="token" type="password" autocomplete="current-password" required spellcheck="false"
            aria-describedby="token-help" aria-invalid=${this.problem ? 'true' : 'false'}>
          <p id="token-help" class=${this.problem ? 'problem' : 'quiet'} role=${this.problem ? 'alert' : nothing}>
            ${this.problem ?? 'One of the control tokens in the configuration. It is forgotten when this tab closes.'}
          </p>
          <button class="primary" ?disabled=${this.busy}>${this.busy ? 'Asking…' : 'Open the console'}</button>
        </form>
      </main>
    `;
  }
}

customElements.define('token-prompt', TokenPrompt);
