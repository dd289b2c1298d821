// The top line: how old the data is, what waits, whether the page can be heard, who sits here.

import { css, html } from "lit";
import { DeskElement, shared } from "./desk-element.js";
import { desk } from "./desk.js";
import { clock, duration, t } from "./i18n.js";

class StatusBar extends DeskElement {
  static styles = [
    shared,
    css`
      header {
        display: flex;
        align-items: center;
        gap: 1.2rem;
        height: 3rem;
        padding: 0 0.9rem;
        border-bottom: 1px solid var(--line);
        font-variant-numeric: tabular-nums;
        white-space: nowrap;
      }
      h1 {
        margin: 0;
        font-size: 1.1rem;
        font-weight: 600;
        letter-spacing: 0.02em;
      }
      .time {
        font-size: 1.1rem;
      }
      .grow {
        flex: 1;
      }
      .tools {
        display: flex;
        align-items: center;
        gap: 0.5rem;
      }
      label {
        display: flex;
        align-items: center;
        gap: 0.4rem;
        color: var(--quiet);
      }
      input {
        font: inherit;
        width: 9rem;
        height: 2rem;
        color: var(--text);
        background: var(--ground);
        border: 1px solid var(--edge);
        border-radius: 4px;
        padding: 0 0.5rem;
      }
      .banner {
        display: flex;
        justify-content: center;
        gap: 1rem;
        padding: 0.6rem 1rem;
        font-weight: 700;
        color: #000;
        background: var(--p1);
      }
      .note {
        background: var(--raised);
        color: var(--text);
        border-bottom: 1px solid var(--edge);
        font-weight: 400;
        padding: 0.35rem 1rem;
      }
    `,
  ];

  render() {
    const { sound, stream, store } = desk;
    return html`
      <header>
        <h1>Resguardo</h1>
        <span class="time">${clock(store.now())}</span>
        <span class="quiet" id="age">${t("status.age", { age: duration(stream.silence) })}</span>
        <span class="grow"></span>
        <span class="tools">
          <label>
            ${t("status.operator")}
            <input
              maxlength="64"
              autocomplete="off"
              .value=${desk.operator}
              @change=${this.#rename}
            />
          </label>
          <button @click=${() => desk.switchLanguage()} lang=${t("status.language_code")}>
            ${t("status.language")}<kbd>L</kbd>
          </button>
          <button @click=${() => this.dispatchEvent(new Event("help", { composed: true, bubbles: true }))}>
            ${t("status.help")}<kbd>?</kbd>
          </button>
        </span>
      </header>
      ${
        stream.begun && !stream.live
          ? html`<div class="banner" role="alert">
              <span aria-hidden="true">⚠</span>
              ${t("status.stopped", { age: duration(stream.silence) })}
            </div>`
          : ""
      }
      ${stream.begun ? "" : html`<div class="banner note">${t("status.connecting")}</div>`}
      ${sound.blocked ? html`<div class="banner note">${t("status.muted")}</div>` : ""}
      ${desk.notice ? html`<div class="banner note" role="alert">${desk.notice}</div>` : ""}
    `;
  }

  /** @param {Event} event */
  #rename(event) {
    desk.setOperator(/** @type {HTMLInputElement} */ (event.target).value);
  }
}

customElements.define("status-bar", StatusBar);
