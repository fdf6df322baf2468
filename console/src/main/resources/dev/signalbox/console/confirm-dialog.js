import { html, nothing } from 'lit';
import { Element } from './element.js';

/** Asks before something is done. `ask({title, text, yes, danger})` resolves to whether it was confirmed. */
class ConfirmDialog extends Element {
  static properties = { question: { state: true } };

  #resolve = () => {};

  async ask(question) {
    this.question = question;
    await this.updateComplete;
    const dialog = this.querySelector('dialog');
    dialog.returnValue = '';
    dialog.showModal();
    return new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  #closed() {
    this.#resolve(this.querySelector('dialog').returnValue === 'yes');
  }

  #close(answer) {
    this.querySelector('dialog').close(answer);
  }

  render() {
    return html`<dialog aria-labelledby="question" @close=${this.#closed}>${this.question ? this.#content() : nothing}</dialog>`;
  }

  #content() {
    const { title, text, yes, danger } = this.question;
    return html`
        <h2 id="question">${title}</h2>
        <p>${text}</p>
        <footer>
          <button class="plain" autofocus @click=${() => this.#close('')}>Keep as it is</button>
          <button class=${danger ? 'primary danger' : 'primary'} @click=${() => this.#close('yes')}>${yes}</button>
        </footer>
    `;
  }
}

customElements.define('confirm-dialog', ConfirmDialog);
