// The alarm queue: every incident in its ISA-18.2 state, the most urgent on top.

/** @import { Incident } from "./types.js" */
import { css, html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { PageElement, shared } from "./page-element.js";
import { page } from "./page-state.js";
import { isWaiting } from "./ranking.js";
import { clock, count, duration, inLanguage, t } from "./i18n.js";
import { Rows } from "./rows.js";
import { prioritySign, signStyles } from "./signs.js";
import { dueText, partsOf } from "./words.js";

const ROW_REM = 6.8; // three lines of a sentence, two of facts; all of it is in the panel
const rows = new Rows(ROW_REM);
const NOTHING = { incident: "", below: 0 };

class AlarmQueue extends PageElement {
  static styles = [
    shared,
    signStyles,
    css`
      :host {
        display: flex;
        flex-direction: column;
        min-height: 0;
      }
      header {
        display: flex;
        justify-content: space-between;
        align-items: center;
        gap: 0.8rem;
        height: 2.6rem; /* with and without its button: the rows stay where they are */
        padding: 0 0.8rem;
        font-size: 0.8125rem;
        white-space: nowrap;
      }
      header button {
        min-height: 1.7rem;
        overflow: hidden;
        text-overflow: ellipsis;
        font-variant-numeric: tabular-nums;
      }
      ul {
        flex: 1;
        overflow-y: auto;
        overflow-anchor: none;
      }
      ul:focus-visible {
        outline-offset: -2px;
      }
      [role="option"] {
        position: relative;
        display: grid;
        grid-template-columns: 1.5rem minmax(0, 1fr);
        align-content: center;
        gap: 0.1rem 0.7rem;
        height: ${ROW_REM}rem;
        overflow: hidden;
        padding: 0 0.8rem 0 1rem;
        border-bottom: 1px solid var(--line);
        cursor: pointer;
      }
      [role="option"]::before {
        content: "";
        position: absolute;
        inset: 0 auto 0 0;
        width: 0;
      }
      [role="option"]:hover {
        background: var(--raised);
      }
      [aria-selected="true"] {
        background: var(--hover);
        box-shadow: inset 0 0 0 1px var(--text);
      }
      .waiting::before {
        width: 6px;
        animation: flash 1s steps(2, jump-none) infinite;
      }
      .waiting .sign path {
        animation: hollow 1s steps(2, jump-none) infinite;
      }
      .waiting .sign text {
        animation: light 1s steps(2, jump-none) infinite;
      }
      .waiting.p1::before {
        background: var(--p1);
      }
      .waiting.p2::before {
        background: var(--p2);
      }
      .waiting.p3::before {
        background: var(--p3);
      }
      .sentence {
        display: -webkit-box;
        -webkit-box-orient: vertical;
        -webkit-line-clamp: 3;
        overflow: hidden;
        font-size: 0.9375rem;
        font-weight: 600;
        line-height: 1.3;
      }
      li:not(.waiting) .sentence {
        font-weight: 400;
      }
      .short {
        -webkit-line-clamp: 2;
      }
      .parts {
        grid-column: 2;
        font-size: 0.8125rem;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .facts {
        grid-column: 2;
        display: flex;
        flex-wrap: wrap;
        justify-content: space-between;
        gap: 0 0.8rem;
        font-size: 0.8125rem;
        color: var(--quiet);
        font-variant-numeric: tabular-nums;
      }
      .due {
        color: var(--text);
      }
      footer {
        display: flex;
        gap: 0.5rem;
        padding: 0.6rem 0.8rem;
        border-top: 1px solid var(--line);
      }
      footer button {
        flex: 1;
      }
      .empty {
        flex: 1;
        padding: 1rem;
        color: var(--quiet);
      }
      /* 1 Hz: well below the three flashes a second of WCAG 2.3.1. */
      @keyframes flash {
        to {
          opacity: 0.15;
        }
      }
      @keyframes hollow {
        to {
          fill: transparent;
        }
      }
      @keyframes light {
        to {
          fill: var(--text);
        }
      }
      @media (prefers-reduced-motion: reduce) {
        .waiting::before,
        .waiting .sign path,
        .waiting .sign text {
          animation: none;
        }
        .waiting::before {
          width: 10px;
        }
      }
    `,
  ];

  /** What was scrolled to. */
  #shown = "";
  #drawn = { first: 0, last: 0 };
  /** @type {string[]} of the rows that are drawn */ #names = [];
  /** The row that stays where its reader sees it, and how far below its top the list begins. */
  #held = NOTHING;
  #top = 0;

  get #list() {
    return /** @type {Element} */ (this.renderRoot.querySelector("ul"));
  }

  firstUpdated() {
    new ResizeObserver(() => this.requestUpdate()).observe(this.#list);
  }

  render() {
    const { queue, waiting } = page.store;
    const all = queue.names.length;
    this.#top = this.#list ? this.#topFor(this.#list) : 0;
    const { first, last } = (this.#drawn = rows.seen(this.#list, all, this.#top));
    const names = (this.#names = queue.names.slice(first, last));
    const above = Math.min(waiting, Math.floor(this.#top / rows.height));
    return html`
      <header>
        <h2 id="title">${t("queue.title")}</h2>
        ${
          above
            ? html`<button @click=${() => page.next()}>
                ↑ ${t("queue.above", { n: count(above), all: count(waiting) })}<kbd>N</kbd>
              </button>`
            : html`<span class="quiet">
                ${t("queue.waiting", { n: count(waiting), all: count(all) })}
              </span>`
        }
      </header>
      ${all ? nothing : html`<p class="empty">${t("queue.empty")}</p>`}
      <ul
        role="listbox"
        ?hidden=${!all}
        tabindex="0"
        aria-labelledby="title"
        aria-activedescendant=${names.includes(page.incident) ? `incident-${page.incident}` : nothing}
        @scroll=${this.#scroll}
      >
        <li role="presentation"></li>
        ${repeat(
          names,
          (name) => name,
          (name, i) => this.#row(/** @type {Incident} */ (page.store.incidents.get(name)), first + i),
        )}
        <li role="presentation"></li>
      </ul>
      <footer>
        <button ?disabled=${!page.can("acknowledge")} @click=${() => page.begin("acknowledge")}>
          ${t("queue.acknowledge")}<kbd>A</kbd>
        </button>
        <button ?disabled=${!page.sound.pattern} @click=${() => page.silence()}>
          ${t("queue.silence")}<kbd>S</kbd>
        </button>
      </footer>
    `;
  }

  /** @param {Incident} incident @param {number} at */
  #row(incident, at) {
    const { priority, state } = incident;
    const now = page.store.now();
    const parts = partsOf(incident).map(({ holds, what }) => (holds ? what : t("part.over", { what })));
    return html`<li
      id="incident-${incident.incident}"
      role="option"
      aria-posinset=${at + 1}
      aria-setsize=${page.store.queue.names.length}
      class="p${priority} ${isWaiting(incident) ? "waiting" : "seen"}"
      aria-selected=${incident.incident === page.incident}
      @click=${() => page.selectAlarm(incident)}
    >
      ${prioritySign(priority)}
      <p class="sentence ${parts.length ? "short" : ""}">
        <span class="unseen">${t("queue.priority", { n: priority })}</span>
        ${inLanguage(incident.sentence)}
      </p>
      ${parts.length ? html`<p class="parts">${parts.join(" · ")}</p>` : ""}
      <p class="facts">
        <span class="word">
          ${t(`state.${state}`)}${page.isSilenced(incident) ? ` · ${t("queue.silenced")}` : ""}
        </span>
        <span class="due">${dueText(incident, now)}</span>
        <span>
          ${clock(Date.parse(incident.since))} ·
          ${t("age", { age: duration(now - Date.parse(incident.since)) })}
        </span>
      </p>
    </li>`;
  }

  updated() {
    rows.leaveRoom(this.#list, this.#drawn, page.store.queue.names.length);
    this.#list.scrollTop = this.#top;
    this.#shown = page.incident;
    this.#hold();
  }

  /** Where the list is to be scrolled to: a row that was selected is shown, and else what its reader
   * looks at stays in its place, whatever comes above it. @param {Element} list */
  #topFor(list) {
    const { queue } = page.store;
    const held = queue.indexOf(this.#held.incident);
    let top = held < 0 ? list.scrollTop : held * rows.height + this.#held.below;
    if (this.#shown !== page.incident) top = rows.revealing(list, queue.indexOf(page.incident), top);
    return Math.max(0, Math.min(top, queue.names.length * rows.height - list.clientHeight));
  }

  #scroll() {
    this.#hold();
    this.requestUpdate();
  }

  /** Holds the selected row where it is seen, or else the first that is. */
  #hold() {
    const { clientHeight, scrollTop } = this.#list;
    const { height } = rows;
    const seen = this.#names
      .map((name, i) => ({ name, top: (this.#drawn.first + i) * height }))
      .filter(({ top }) => top + height > scrollTop && top < scrollTop + clientHeight);
    const selected = seen.find(({ name }) => name === page.incident);
    const held = selected ?? (scrollTop > 0 ? seen[0] : undefined);
    this.#held = held ? { incident: held.name, below: scrollTop - held.top } : NOTHING;
  }
}

customElements.define("alarm-queue", AlarmQueue);
