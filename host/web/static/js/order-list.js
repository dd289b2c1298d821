// Every order that the operator may see, what matters first; and the field that finds one.

/** @import { Match } from "./find.js" */
/** @import { Order } from "./types.js" */
import { css, html, nothing } from "lit";
import { find } from "./find.js";
import { count, distance, inLanguage, t } from "./i18n.js";
import { PageElement, shared } from "./page-element.js";
import { page } from "./page-state.js";
import { barStyles, lineStyles, promiseBar, promiseLine } from "./promise.js";
import { Rows } from "./rows.js";
import { signStyles } from "./signs.js";

const ROW_REM = 4;
const rows = new Rows(ROW_REM);
/** @type {Match} */
const NOTHING = { order: "", incident: "", name: "" };

/** Draws only the rows that are seen, however many orders there are. The field and the list are
 * one combobox (ARIA APG): the focus stays in the field, the arrows move through the list. */
class OrderList extends PageElement {
  static styles = [
    shared,
    signStyles,
    barStyles,
    lineStyles,
    css`
      :host {
        display: flex;
        flex-direction: column;
        min-height: 0;
      }
      header {
        display: flex;
        align-items: center;
        gap: 0.8rem;
        padding: 0.4rem 0.8rem;
      }
      .field {
        position: relative;
        flex: 1;
      }
      input {
        font: inherit;
        width: 100%;
        height: 2rem;
        color: var(--text);
        background: var(--ground);
        border: 1px solid var(--edge);
        border-radius: 4px;
        padding: 0 2rem 0 0.5rem;
      }
      input::placeholder {
        color: var(--quiet);
        opacity: 1;
      }
      .field kbd {
        position: absolute;
        right: 0.5rem;
        top: 0.35rem;
      }
      .found {
        padding: 0 0.8rem 0.4rem;
        font-size: 0.8125rem;
      }
      .found:empty {
        display: none;
      }
      ul {
        flex: 1;
        overflow-y: auto;
        overflow-anchor: none;
      }
      [role="option"] {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        align-content: center;
        gap: 0.15rem 0.6rem;
        height: ${ROW_REM}rem;
        padding: 0 0.8rem;
        border-bottom: 1px solid var(--line);
        line-height: 1.35;
        font-variant-numeric: tabular-nums;
        cursor: pointer;
      }
      [role="option"]:hover {
        background: var(--raised);
      }
      [aria-selected="true"] {
        background: var(--hover);
      }
      .active {
        box-shadow: inset 0 0 0 2px var(--focus);
      }
      [role="option"] > * {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .bar,
      .about {
        grid-column: 1 / -1;
      }
      .about {
        font-size: 0.8125rem;
      }
      .pre_alert {
        color: var(--p3);
      }
      .alert {
        color: var(--p2);
      }
      .breach {
        color: var(--p1);
      }
    `,
  ];

  #query = "";
  /** @type {Match[]} what was found when the query was typed: nothing moves under the hand */
  #found = [];
  /** The row that Enter takes. */
  #active = "";
  /** What was scrolled to: the selected order, the active row. */
  #shown = "";
  #reached = "";
  #drawn = { first: 0, last: 0 };

  /** Brings the keyboard to the field. */
  find() {
    this.#field.focus();
    this.#field.select();
  }

  get #field() {
    return /** @type {HTMLInputElement} */ (this.renderRoot.querySelector("input"));
  }

  get #list() {
    return this.renderRoot.querySelector("ul");
  }

  get #total() {
    return this.#query ? this.#found.length : page.store.ranking.names.length;
  }

  firstUpdated() {
    new ResizeObserver(() => this.requestUpdate()).observe(/** @type {Element} */ (this.#list));
  }

  render() {
    const { first, last } = (this.#drawn = rows.seen(this.#list, this.#total));
    const drawn = Array.from({ length: last - first }, (_, i) => first + i);
    const active = this.#indexOf(this.#active);
    return html`
      <header>
        <h2 id="title">${t("orders.title", { n: count(page.store.orders.size) })}</h2>
        <div class="field">
          <input
            role="combobox"
            aria-label=${t("find.label")}
            aria-expanded="true"
            aria-controls="list"
            aria-autocomplete="list"
            aria-activedescendant=${drawn.includes(active) ? `row-${active}` : nothing}
            placeholder=${t("find.name")}
            maxlength="64"
            autocomplete="off"
            spellcheck="false"
            @input=${this.#type}
            @keydown=${this.#press}
            @blur=${() => this.#activate(-1)}
          />
          <kbd aria-hidden="true">/</kbd>
        </div>
      </header>
      <p class="found quiet" role="status">${this.#query ? foundText(this.#total) : ""}</p>
      <ul id="list" role="listbox" aria-labelledby="title" @scroll=${() => this.requestUpdate()}>
        <li role="presentation"></li>
        ${drawn.map((at) => this.#row(at, at === active))}
        <li role="presentation"></li>
      </ul>
    `;
  }

  /** @param {number} at @param {boolean} active */
  #row(at, active) {
    const match = this.#matchAt(at);
    const order = page.store.orders.get(match.order);
    const now = page.store.now();
    return html`<li
      id="row-${at}"
      role="option"
      class=${active ? "active" : ""}
      aria-posinset=${at + 1}
      aria-setsize=${this.#total}
      aria-selected=${match.order ? match.order === page.order : match.incident === page.incident}
      @click=${() => this.#choose(at)}
    >
      <span>${match.order || t("recipient.centre")}</span>
      <span>${order ? html`${levelText(order)}${distance(order.distance_m)}` : ""}</span>
      ${order ? promiseBar(order, now) : ""}
      <span class="about line quiet">${aboutText(match, now, order)}</span>
    </li>`;
  }

  updated() {
    const list = /** @type {Element} */ (this.#list);
    rows.leaveRoom(list, this.#drawn, this.#total);
    if (this.#reached !== this.#active) this.#reveal(this.#active);
    else if (!this.#query && this.#shown !== page.order) {
      this.#shown = page.order;
      this.#reveal(page.order);
    }
    this.#reached = this.#active;
  }

  /** @param {string} key */
  #reveal(key) {
    const list = /** @type {Element} */ (this.#list);
    list.scrollTop = rows.revealing(list, this.#indexOf(key), list.scrollTop);
  }

  /** @param {number} at @returns {Match} */
  #matchAt(at) {
    if (this.#query) return this.#found[at] ?? NOTHING;
    return { ...NOTHING, order: page.store.ranking.names[at] ?? "" };
  }

  /** Where the row of an order is, or of an alarm without one; -1 for nowhere. @param {string} key */
  #indexOf(key) {
    if (!this.#query) return page.store.ranking.indexOf(key);
    return this.#found.findIndex((match) => keyOf(match) === key);
  }

  /** @param {number} at */
  #activate(at) {
    this.#active = at < 0 ? "" : keyOf(this.#matchAt(at));
    this.requestUpdate();
  }

  /** Moves the active row. @param {number} by */
  #step(by) {
    const last = this.#total - 1;
    const at = this.#indexOf(this.#active);
    if (at < 0) this.#activate(by < 0 ? last : 0);
    else this.#activate(Math.min(last, Math.max(0, at + by)));
  }

  #type() {
    this.#query = this.#field.value.trim();
    this.#found = this.#query ? find(page.store, this.#query) : [];
    this.#list?.scrollTo(0, 0);
    this.#activate(this.#found.length ? 0 : -1);
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    const { isComposing, key } = event;
    const act = {
      ArrowDown: () => this.#step(1),
      ArrowUp: () => this.#step(-1),
      PageDown: () => this.#step(rows.fitting(this.#list)),
      PageUp: () => this.#step(-rows.fitting(this.#list)),
      Enter: () => this.#choose(this.#indexOf(this.#active)),
      Escape: () => this.#leave(),
    }[key];
    if (!act || isComposing) return;
    event.preventDefault();
    act();
  }

  /** @param {number} at */
  #choose(at) {
    if (at < 0) return;
    const { incident, order } = this.#matchAt(at);
    const alarm = page.store.incidents.get(incident);
    if (alarm) page.selectAlarm(alarm);
    else if (order) page.select(order);
    this.#leave();
  }

  /** Back to all orders, and to the page's keys. */
  #leave() {
    this.#field.value = this.#query = this.#shown = "";
    this.#found = [];
    this.#list?.scrollTo(0, 0);
    this.#field.blur();
    this.requestUpdate();
  }
}

/** @param {Match} match */
const keyOf = ({ incident, order }) => order || incident;

/** @param {number} n */
const foundText = (n) => t(n === 0 ? "find.none" : n === 1 ? "find.one" : "find.many", { n: count(n) });

/** @param {Order} order */
const levelText = ({ level }) =>
  level === "clear" ? "" : html`<b class=${level}>${t(`level.${level}`)}</b> · `;

/** What of it was found, or else what it can promise, and why if that is nothing.
 * @param {Match} match @param {number} now @param {Order} [order] */
function aboutText({ incident, name }, now, order) {
  const alarm = page.store.incidents.get(incident);
  if (alarm) return inLanguage(alarm.sentence);
  return name || !order ? name : promiseLine(order, now);
}

customElements.define("order-list", OrderList);
