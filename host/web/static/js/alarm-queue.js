// The alarm queue: every incident in its ISA-18.2 state, the most urgent on top.

/** @import { Incident } from "./types.js" */
import { css, html } from "lit";
import { PageElement, shared } from "./page-element.js";
import { page, isWaiting } from "./page-state.js";
import { clock, duration, inLanguage, t } from "./i18n.js";
import { prioritySign, signStyles } from "./signs.js";
import { dueText } from "./words.js";

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
        align-items: baseline;
        padding: 0.6rem 0.8rem;
        font-size: 0.8125rem;
      }
      ul {
        overflow-y: auto;
        flex: 1;
        scroll-padding: 0.5rem;
      }
      ul:focus-visible {
        outline-offset: -2px;
      }
      li {
        position: relative;
        display: grid;
        grid-template-columns: 1.5rem 1fr;
        gap: 0.1rem 0.7rem;
        padding: 0.6rem 0.8rem 0.6rem 1rem;
        border-bottom: 1px solid var(--line);
        cursor: pointer;
      }
      li::before {
        content: "";
        position: absolute;
        inset: 0 auto 0 0;
        width: 0;
      }
      li:hover {
        background: var(--raised);
      }
      li[aria-selected="true"] {
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
        font-weight: 600;
        line-height: 1.3;
      }
      li:not(.waiting) .sentence {
        font-weight: 400;
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

  #shown = "";

  render() {
    const queue = page.queue();
    const waiting = page.waiting();
    return html`
      <header>
        <h2 id="title">${t("queue.title")}</h2>
        <span class="quiet">${t("queue.waiting", { n: waiting.length, all: queue.length })}</span>
      </header>
      ${queue.length ? this.#list(queue) : html`<p class="empty">${t("queue.empty")}</p>`}
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

  /** @param {Incident[]} queue */
  #list(queue) {
    const active = page.incident ? `incident-${page.incident}` : "";
    return html`<ul
      role="listbox"
      tabindex="0"
      aria-labelledby="title"
      aria-activedescendant=${active}
    >
      ${queue.map((incident) => this.#row(incident))}
    </ul>`;
  }

  /** @param {Incident} incident */
  #row(incident) {
    const { priority, state } = incident;
    const now = page.store.now();
    return html`<li
      id="incident-${incident.incident}"
      role="option"
      class="p${priority} ${isWaiting(incident) ? "waiting" : "seen"}"
      aria-selected=${incident.incident === page.incident}
      @click=${() => page.selectAlarm(incident)}
    >
      ${prioritySign(priority)}
      <p class="sentence">
        <span class="unseen">${t("queue.priority", { n: priority })}</span>
        ${inLanguage(incident.sentence)}
      </p>
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
    if (this.#shown === page.incident) return;
    this.#shown = page.incident;
    this.renderRoot.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  }
}

customElements.define("alarm-queue", AlarmQueue);
