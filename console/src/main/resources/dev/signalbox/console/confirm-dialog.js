import { html, nothing } from 'lit';
import { Element } from './element.js';

const LONGEST_NOTE = 500;

/**
 * Asks before something is done. `ask({title, text, yes, danger, note})` resolves to undefined if it was declined, and
 * to `{note}` if it was confirmed; with `note`, a person may write down why.
 */
class ConfirmDialog extends Element {
  static properties = { question: { state: true } };

  #resolve = () => {};

  async ask(question) {
    this.question = question;
    await this.updateComplete;
    const dialog = this.querySelector('dialog');
    dialog.returnValue = '';
    this.querySelector('form').reset();
    dialog.showModal();
    return new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  #closed() {
    const confirmed = this.querySelector('dialog').returnValue === 'yes';
    const note = this.querySelector('textarea')?.value.trim();
    this.#resolve(confirmed ? { note: note || undefined } : undefined);
  }

  #submit(event) {
    event.preventDefault();
    this.#close('yes');
  }

  #close(answer) {
    this.querySelector('dialog').close(answer);
  }

  render() {
    return html`<dialog aria-labelledby=${this.question ? 'question' : nothing} @close=${this.#closed}>
      <form @submit=${this.#submit}>${this.question ? this.#content() : nothing}</form>
    </dialog>`;
  }

  #content() {
    const { title, text, yes, danger, note } = this.question;
    return html`
      <h2 id="question">${title}</h2>
      <p>${text}</p>
      ${note
        ? html`<label>Note <small>optional, kept in the audit log</small>
            <textarea rows="2" maxlength=${LONGEST_NOTE}></textarea></label>`
        : nothing}
      <footer>
        <button class="plain" type="button" autofocus @click=${() => this.#close('')}>Keep as it is</button>
        <button class=${danger ? 'primary danger' : 'primary'}>${yes}</button>
      </footer>
    `;
  }
}

customElements.define('confirm-dialog', ConfirmDialog);
