// What every part of the page has in common: it is drawn anew when the page changes.

import { LitElement, css } from "lit";
import { page } from "./page-state.js";

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

/** The looks that parts share; colours are in css/console.css. */
export const shared = css`
  :host {
    display: block;
  }
  * {
    box-sizing: border-box;
  }
  h2,
  h3,
  p,
  ul,
  dl,
  dd {
    margin: 0;
    padding: 0;
  }
  ul {
    list-style: none;
  }
  h2,
  h3 {
    font-size: 0.75rem;
    font-weight: 600;
    letter-spacing: 0.06em;
    text-transform: uppercase;
    color: var(--quiet);
  }
  button {
    font: inherit;
    color: inherit;
    background: var(--raised);
    border: 1px solid var(--edge);
    border-radius: 4px;
    min-height: 2rem;
    padding: 0 0.7rem;
    cursor: pointer;
  }
  button:hover:not(:disabled) {
    background: var(--hover);
  }
  button:disabled {
    color: var(--quiet);
    border-color: var(--line);
    cursor: default;
  }
  :focus-visible {
    outline: 2px solid var(--focus);
    outline-offset: 1px;
  }
  kbd {
    font: inherit;
    font-size: 0.8em;
    color: var(--quiet);
    border: 1px solid var(--edge);
    border-radius: 3px;
    padding: 0 0.3em;
    margin-left: 0.4em;
  }
  .word::first-letter {
    text-transform: uppercase;
  }
  .quiet {
    color: var(--quiet);
  }
  .unseen {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
`;
