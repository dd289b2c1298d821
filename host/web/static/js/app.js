// The page: its parts in their places, its keys, its title, and its voice for screen readers.

/** @import { PageDialog } from "./page-dialog.js" */
/** @import { Incident, Verb } from "./types.js" */
import { html } from "lit";
import "./act-dialog.js";
import "./alarm-queue.js";
import { PageElement } from "./page-element.js";
import { page } from "./page-state.js";
import "./help-dialog.js";
import "./lock-dialog.js";
import { inLanguage, t } from "./i18n.js";
import { KEY_OF } from "./keys.js";
import "./live-map.js";
import "./order-list.js";
import "./order-panel.js";
import "./status-bar.js";

/** @type {Record<string, (whole: ConsolePage) => void>} what each key does */
const ACTIONS = {
  ArrowDown: () => page.move(1),
  ArrowUp: () => page.move(-1),
  j: () => page.move(1),
  k: () => page.move(-1),
  Enter: () => void page.begin("acknowledge"),
  s: () => page.silence(),
  n: () => page.next(),
  f: (whole) => whole.followAgain(),
  l: () => page.switchLanguage(),
  b: () => void page.lock(),
  "/": (whole) => whole.find(),
  "?": (whole) => whole.help(),
};
for (const [verb, key] of /** @type {[Verb, string][]} */ (Object.entries(KEY_OF)))
  ACTIONS[key] = () => void page.begin(verb);

class ConsolePage extends PageElement {
  #spoken = "";
  #locked = false;

  // The map's style sheet is the document's, and would not reach into a shadow root.
  createRenderRoot() {
    return this;
  }

  connectedCallback() {
    super.connectedCallback();
    document.addEventListener("keydown", (event) => this.#press(event));
    page.addEventListener("alarm", (event) => {
      const { incident, others } =
        /** @type {CustomEvent<{ incident: Incident, others: number }>} */ (event).detail;
      const { priority, sentence } = incident;
      const spoken = t(page.locked ? "lock.spoken" : "queue.spoken", { n: priority, sentence: inLanguage(sentence) });
      this.#spoken = others ? `${spoken} ${t("queue.others", { n: others })}` : spoken;
      this.requestUpdate();
    });
    void page.start();
  }

  help() {
    this.#dialogs()[0]?.open();
  }

  #dialogs() {
    return /** @type {PageDialog[]} */ ([
      ...this.renderRoot.querySelectorAll("help-dialog, act-dialog"),
    ]);
  }

  find() {
    const list = this.renderRoot.querySelector("order-list");
    /** @type {{ find(): void }} */ (/** @type {unknown} */ (list)).find();
  }

  followAgain() {
    const map = this.renderRoot.querySelector("live-map");
    /** @type {{ followAgain(): void }} */ (/** @type {unknown} */ (map)).followAgain();
  }

  /** What was spoken before a lock is not to be read after it. */
  willUpdate() {
    if (page.locked && !this.#locked) this.#spoken = "";
    this.#locked = page.locked;
  }

  render() {
    return html`
      <lock-dialog></lock-dialog>
      <status-bar @help=${() => this.help()}></status-bar>
      <nav aria-label=${t("page.queue")}>
        <alarm-queue></alarm-queue>
        <order-list></order-list>
      </nav>
      <main aria-label=${t("page.map")}><live-map></live-map></main>
      <aside aria-label=${t("page.order")} tabindex="0"><order-panel></order-panel></aside>
      <div class="unseen" role="log" aria-live="assertive">${this.#spoken}</div>
      <help-dialog></help-dialog>
      <act-dialog></act-dialog>
    `;
  }

  updated() {
    const { waiting } = page.store;
    const { stopped } = page.stream;
    this.classList.toggle("stopped", stopped);
    this.classList.toggle("locked", page.locked);
    document.title = `${stopped ? "⚠ " : ""}${waiting ? `(${waiting}) ` : ""}${t("page.title")}`;
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    const [target] = event.composedPath();
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const action = ACTIONS[key];
    if (!action || !page.keys || page.locked || this.#dialogs().some((one) => one.isOpen)) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (!(target instanceof Element) || !isFree(target, key)) return;
    event.preventDefault();
    if (!event.repeat || key.startsWith("Arrow")) action(this);
  }
}

/** Whether a key pressed there is not for that element itself. @param {Element} at @param {string} key */
function isFree(at, key) {
  if (at.matches("input, select, textarea")) return false;
  if (key === "Enter") return !at.matches("button, a, summary");
  return !(key.startsWith("Arrow") && at.matches("canvas, aside"));
}

customElements.define("console-page", ConsolePage);
