// What dialogs have in common. While one is open, keys are for it alone.

import { css } from "lit";
import { PageElement } from "./page-element.js";

export class PageDialog extends PageElement {
  get isOpen() {
    return !!this.#dialog?.open;
  }

  open() {
    this.#dialog?.showModal();
  }

  close() {
    this.#dialog?.close();
  }

  get #dialog() {
    return this.renderRoot.querySelector("dialog");
  }
}

export const dialogStyles = css`
  dialog {
    width: min(34rem, 90vw);
    color: var(--text);
    background: var(--raised);
    border: 1px solid var(--edge);
    border-radius: 8px;
    padding: 1.2rem 1.4rem;
  }
  dialog::backdrop {
    background: rgb(0 0 0 / 60%);
  }
`;
