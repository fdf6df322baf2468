import { LitElement } from 'lit';

/** A component in the page's own tree, so that one style sheet dresses them all. */
export class Element extends LitElement {
  createRenderRoot() {
    return this;
  }
}
