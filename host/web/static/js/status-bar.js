// The top line: how old the data is, what waits, whether the page is heard, who sits here.

import { css, html, svg } from "lit";
import { PageElement, shared } from "./page-element.js";
import { page } from "./page-state.js";
import { clock, duration, t } from "./i18n.js";

const mutedSign = svg`<svg class="muted" viewBox="0 0 24 24" aria-hidden="true">
  <path d="M4 9v6h4l5 4V5L8 9z" />
  <path class="cross" d="m16 9 6 6m0-6-6 6" />
</svg>`;

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
      .sound {
        display: flex;
        align-items: center;
        gap: 0.4rem;
      }
      .muted {
        width: 1.2rem;
        height: 1.2rem;
        fill: currentcolor;
      }
      .cross {
        stroke: currentcolor;
        stroke-width: 2.5;
      }
      /* Loud, but none of the alarms' colours: their own signs are theirs alone. */
      .unheard {
        padding: 0.2rem 0.6rem;
        border-radius: 4px;
        font-weight: 700;
        color: var(--ground);
        background: var(--text);
      }
      .person {
        margin-left: auto;
      }
      a {
        color: inherit;
      }
      /* Whole pixels: what is below must not begin within one. */
      p {
        padding: 5px 1rem;
        line-height: 22px;
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
        ${stream.begun ? html`<span class="quiet">${t("status.age", { age: duration(stream.silence) })}</span>` : ""}
        ${this.#refused()} ${this.#sound()}
        ${this.#person()}
        <button @click=${() => page.switchLanguage()} lang=${t("status.language_code")}>
          ${t("status.language")}<kbd>L</kbd>
        </button>
        <button @click=${this.#help}>${t("status.help")}<kbd>?</kbd></button>
      </div>
      ${this.#banners()}
    </header>`;
  }

  /** Who is logged in, and where that can be changed. */
  #person() {
    const { session } = page;
    if (!session) return html`<span class="person"></span>`;
    const role = session.role ? t(`people.role_${session.role}`) : "";
    const { rights } = session;
    return html`<span class="person">${session.name} <span class="quiet">${role}</span></span>
      ${rights.includes("accounts.view") ? html`<a href="/accounts">${t("people.accounts")}</a>` : ""}
      ${
        session.present
          ? ""
          : html`<a href="/account">${t("people.account")}</a>
              <button @click=${() => page.lock()}>${t("lock.lock")}<kbd>B</kbd></button>
              <button @click=${() => page.logOut()}>${t("people.log_out")}</button>`
      }`;
  }

  /** What was not taken as it came, each reason when pointed at. */
  #refused() {
    const reasons = Object.entries(page.store.counters.rejected);
    const told = reasons.map(([reason, n]) => `${t(`rejection.${reason}`)}: ${n}`).join("\n");
    const n = reasons.reduce((sum, [, count]) => sum + count, 0);
    return n ? html`<span class="quiet" title=${told}>${t("status.refused", { n })}</span>` : "";
  }

  // Off is the browser's doing and no alarm: it has none of their colours. It becomes plain to see
  // once something sounds that nobody hears.
  #sound() {
    const { blocked, pattern } = page.sound;
    const said = t(pattern ? "sound.unheard" : "sound.muted");
    return html`<span role="status">
        ${blocked ? html`<span class="sound ${pattern ? "unheard" : "quiet"}">${mutedSign}${said}</span>` : ""}
      </span>
      ${blocked ? html`<button @click=${() => page.sound.turnOn()}>${t("sound.turn_on")}</button>` : ""}`;
  }

  #banners() {
    const { notice, session, stream } = page;
    const age = duration(stream.silence);
    return [
      stream.stopped
        ? html`<p class="stopped" role="alert">⚠ ${t("status.stopped", { age })}</p>`
        : "",
      session?.present ? html`<p>${t("people.present", { name: session.name })}</p>` : "",
      stream.begun || stream.stopped ? "" : html`<p>${t("status.connecting")}</p>`,
      notice ? html`<p role="alert">${notice}</p>` : "",
    ];
  }

  #help() {
    this.dispatchEvent(new Event("help"));
  }
}

customElements.define("status-bar", StatusBar);
