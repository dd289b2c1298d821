// The top line: how old the data is, what waits, whether the page can be heard, who sits here.

import { css, html } from "lit";
import { PageElement, shared } from "./page-element.js";
import { page } from "./page-state.js";
import { clock, duration, t } from "./i18n.js";

class StatusBar extends PageElement {
  static styles = [
    shared,
    css`
      .bar {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.3rem 0.6rem;
        min-height: 3rem;
        padding: 0.4rem 0.9rem;
        border-bottom: 1px solid var(--line);
        font-variant-numeric: tabular-nums;
      }
      h1 {
        margin: 0 0.6rem 0 0;
        font-size: 1.1rem;
        font-weight: 600;
        letter-spacing: 0.02em;
      }
      .time {
        font-size: 1.1rem;
        margin-right: 0.6rem;
      }
      label {
        display: flex;
        align-items: center;
        gap: 0.4rem;
        margin-left: auto;
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
      p {
        padding: 0.35rem 1rem;
        text-align: center;
        background: var(--raised);
        border-bottom: 1px solid var(--edge);
      }
      .stopped {
        padding: 0.6rem 1rem;
        font-weight: 700;
        color: #000;
        background: var(--p1);
      }
    `,
  ];

  render() {
    const { stream, store } = page;
    return html`<header>
      <div class="bar">
        <h1>Resguardo</h1>
        <span class="time">${clock(store.now())}</span>
        <span class="quiet">${t("status.age", { age: duration(stream.silence) })}</span>
        ${this.#refused()}
        <label>
          ${t("status.operator")}
          <input
            maxlength="64"
            autocomplete="off"
            .value=${page.operator}
            @change=${this.#rename}
          />
        </label>
        <button @click=${() => page.switchLanguage()} lang=${t("status.language_code")}>
          ${t("status.language")}<kbd>L</kbd>
        </button>
        <button @click=${this.#help}>${t("status.help")}<kbd>?</kbd></button>
      </div>
      ${this.#banners()}
    </header>`;
  }

  /** What was not taken as it came, each reason when pointed at. */
  #refused() {
    const reasons = Object.entries(page.store.counters.rejected);
    const told = reasons.map(([reason, n]) => `${t(`rejection.${reason}`)}: ${n}`).join("\n");
    const n = reasons.reduce((sum, [, count]) => sum + count, 0);
    return n ? html`<span class="quiet" title=${told}>${t("status.refused", { n })}</span>` : "";
  }

  #banners() {
    const { notice, sound, stream } = page;
    const age = duration(stream.silence);
    return [
      stream.stopped
        ? html`<p class="stopped" role="alert">⚠ ${t("status.stopped", { age })}</p>`
        : "",
      stream.begun || stream.stopped ? "" : html`<p>${t("status.connecting")}</p>`,
      sound.blocked ? html`<p>${t("status.muted")}</p>` : "",
      notice ? html`<p role="alert">${notice}</p>` : "",
    ];
  }

  #help() {
    this.dispatchEvent(new Event("help"));
  }

  /** @param {Event} event */
  #rename(event) {
    page.setOperator(/** @type {HTMLInputElement} */ (event.target).value);
  }
}

customElements.define("status-bar", StatusBar);
