import { html } from 'lit';

/*
 * What others wrote: bodies, addresses, names, errors. Lit never takes it for markup; this deals with characters that
 * would change how the text around them reads: controls, bidirectional overrides, invisible ones. ZWJ and ZWNJ stay,
 * since emoji and several scripts need them.
 */
const HIDDEN =
  /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u00AD\u061C\u180E\u200B\u200E\u200F\u202A-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB\u{E0000}-\u{E007F}]/gu;

const LINE = 300;

const code = (character) => `U+${character.codePointAt(0).toString(16).toUpperCase().padStart(4, '0')}`;

/** At most `most` UTF-16 units; a pair of surrogates stays whole. */
function cut(text, most) {
  return text.length <= most ? text : `${text.slice(0, most).replace(/[\uD800-\uDBFF]$/u, '')}…`;
}

/** For titles and labels: one line, hidden characters written as ⟨U+202E⟩. */
export const plain = (text, most = LINE) =>
  cut(String(text), most).replace(/[\n\t]/g, ' ').replace(HIDDEN, (character) => `⟨${code(character)}⟩`);

/** One line of text, at most `most` long. */
export const line = (text, most = LINE) => shown(cut(String(text), most).replace(/\r?\n|\t/g, ' '));

/** Text of several lines, at most `most` long. */
export const block = (text, most) => shown(cut(String(text), most).replace(/\r\n/g, '\n'), /[\n\t]/);

/** The text with hidden characters as marked escapes, kept from reordering what is around it. */
function shown(text, kept) {
  const parts = [];
  let from = 0;
  for (const { 0: character, index } of text.matchAll(HIDDEN)) {
    if (!kept?.test(character)) {
      parts.push(text.slice(from, index), html`<span class="escape">${code(character)}</span>`);
      from = index + character.length;
    }
  }
  parts.push(text.slice(from));
  return html`<bdi>${parts}</bdi>`;
}
