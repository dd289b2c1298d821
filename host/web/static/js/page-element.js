// What every part of the page has in common: it is drawn anew when the page changes.

import { LitElement } from "lit";
import { page } from "./page-state.js";

export { shared } from "./looks.js";

export class PageElement extends LitElement {
  #draw = () => this.requestUpdate();

  connectedCallback() {
    super.connectedCallback();
    page.addEventListener("change", this.#draw);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    page.removeEventListener("change", this.#draw);
  }
}
