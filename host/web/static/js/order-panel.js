// The selected order: what can be promised now, how near, what was said, how the units are.

/** @import { Incident, Order, Verb, Zone } from "./types.js" */
import { css, html } from "lit";
import { PageElement, shared } from "./page-element.js";
import { page } from "./page-state.js";
import * as promise from "./promise.js";
import { isWaiting, standingOf } from "./ranking.js";
import { clock, countdown, distance, duration, has, inLanguage, t } from "./i18n.js";
import { KEY_OF } from "./keys.js";
import { callRows, deliveryRows, detailStyles, partRows, unitTable } from "./order-details.js";
import { partySign, prioritySign, signStyles } from "./signs.js";
import { dueText } from "./words.js";

/** @type {Verb[]} what is offered here, beside the queue's acknowledgement */
const FORMS = ["resolve", "shelve", "withdraw", "resume"];

class OrderPanel extends PageElement {
  static styles = [
    shared,
    signStyles,
    detailStyles,
    promise.barStyles,
    css`
      section {
        padding: 0.7rem 0.9rem;
        border-bottom: 1px solid var(--line);
      }
      header {
        display: flex;
        align-items: center;
        justify-content: space-between;
        gap: 0.5rem;
      }
      .name {
        font-size: 1.05rem;
        letter-spacing: 0;
        text-transform: none;
        color: var(--text);
      }
      .level {
        display: inline-block;
        font-weight: 700;
        padding: 0.1rem 0.5rem;
        border: 1px solid var(--edge);
        border-radius: 4px;
      }
      .level.pre_alert {
        color: var(--p3);
        border-color: currentcolor;
      }
      .level.alert {
        color: var(--p2);
        border-color: currentcolor;
      }
      .level.breach {
        color: #000;
        background: var(--p1);
        border-color: var(--p1);
      }
      .incident {
        display: grid;
        grid-template-columns: 1.5rem 1fr;
        gap: 0.3rem 0.7rem;
        padding-top: 0.5rem;
      }
      .incident .state,
      .parts,
      .acts {
        grid-column: 2;
        font-size: 0.8125rem;
      }
      .incident .state {
        color: var(--quiet);
      }
      .acts {
        display: flex;
        flex-wrap: wrap;
        gap: 0.4rem;
        padding-top: 0.2rem;
      }
      .promise {
        font-variant-numeric: tabular-nums;
      }
      /* One height, whatever it says: what lies below stays where it is. */
      .promise .said {
        display: flex;
        align-items: center;
        gap: 0.6rem;
        height: 3.6rem;
        font-size: 1.9rem;
        line-height: 1;
        white-space: nowrap;
      }
      .promise .big {
        font-size: 2.9rem;
        font-weight: 300;
      }
      .promise.held .said {
        font-weight: 600;
      }
      .promise.alarm .said {
        font-weight: 700;
      }
      .promise.alarm .said .sign {
        width: 2.2rem;
        height: 2.2rem;
        vertical-align: -0.3em;
      }
      .promise .bar {
        --thick: 1rem;
      }
      .promise .about {
        min-height: 4.4rem;
        padding-top: 0.4rem;
      }
      .promise .party {
        vertical-align: -0.1em;
      }
      .promise em {
        font-style: normal;
      }
      .distance {
        display: flex;
        align-items: baseline;
        justify-content: space-between;
        gap: 1rem;
      }
      .distance .big {
        font-size: 1.9rem;
        font-weight: 300;
        font-variant-numeric: tabular-nums;
        white-space: nowrap;
      }
      .ages {
        font-size: 0.875rem;
        font-variant-numeric: tabular-nums;
      }
      .ages li {
        display: flex;
        align-items: center;
        gap: 0.4rem;
      }
      table {
        width: 100%;
        border-collapse: collapse;
        font-variant-numeric: tabular-nums;
      }
      .causes td {
        padding: 0.1rem 0;
      }
      .causes td:last-child {
        text-align: right;
      }
    `,
  ];

  render() {
    const order = page.store.orders.get(page.order);
    const incident = page.store.incidents.get(page.incident);
    if (!order)
      return html`<section>
        ${incident ? this.#incident(incident) : html`<p class="quiet">${t("order.none")}</p>`}
      </section>`;
    const deliveries = page.store.deliveriesOf(order.order);
    return html`
      <section>
        <header>
          <h2 class="name">${t("order.name", { order: order.order })}</h2>
          <span class="word level ${order.level}">${t(`level.${order.level}`)}</span>
        </header>
        ${incident ? this.#incident(incident) : ""}
      </section>
      ${callRows(page.calls())} ${this.#promise(order)} ${this.#distance(order)}
      <section>
        <h3>${t("order.messages")}</h3>
        ${deliveryRows(deliveries)}
      </section>
      <section>
        <h3>${t("order.units")}</h3>
        ${unitTable(page.store.unitsOf(order.order))}
      </section>
    `;
  }

  /** @param {Incident} incident */
  #incident(incident) {
    const { acknowledged_by: by, note, operator, priority, sentence, state } = incident;
    const due = dueText(incident, page.store.now());
    return html`<div class="incident ${isWaiting(incident) ? "" : "seen"}">
      ${prioritySign(priority)}
      <p>${inLanguage(sentence)}</p>
      ${partRows(incident)}
      <p class="state">
        ${t(`state.${state}`)}${by ? ` · ${t("order.by", { by })}` : ""} ${due ? `· ${due}` : ""}
        ${note ? html`<br />${t("order.note", { note, by: operator ?? "" })}` : ""}
      </p>
      <div class="acts">${FORMS.filter((verb) => page.can(verb)).map(actButton)}</div>
    </div>`;
  }

  /** @param {Order} order */
  #promise(order) {
    const now = page.store.now();
    const standing = standingOf(order);
    return html`<section class="promise ${standing}">
      <h3 id="promise">${t(has(`promise.${standing}.title`) ? `promise.${standing}.title` : "promise.title")}</h3>
      ${saidText(order, now)}
      <div
        role="meter"
        aria-labelledby="promise"
        aria-valuenow=${promise.fullness(order, now)}
        aria-valuetext=${promise.promiseText(order, now)}
      >
        ${promise.promiseBar(order, now)}
      </div>
      <div class="about quiet">
        <p>${promise.whyText(order)}</p>
        <p>${meansText(order, now)}</p>
      </div>
    </section>`;
  }

  /** @param {Order} order */
  #distance({ causes, distance_m, order, zones }) {
    const now = page.store.now();
    return html`<section>
      <h3>${t("order.distance")}</h3>
      <div class="distance">
        <p class="big">${distance(distance_m)}</p>
        <ul class="ages">
          ${page.store.parties(order).map(
            ({ accuracy_m, role, time }) => html`<li>
              ${partySign(role)}
              <span class="unseen">${t(`recipient.${role}`)}</span>
              ${time ? t("age", { age: duration(now - Date.parse(time)) }) : t("order.place")},
              ±${distance(accuracy_m)}
            </li>`,
          )}
        </ul>
      </div>
      <table class="causes" aria-label=${t("order.causes")}>
        ${causes.map(
          ({ cause, distance_m: metres, level }) => html`<tr>
            <td>${named(cause, zones)}</td>
            <td>${t(`level.${level}`)}</td>
            <td>${distance(metres)}</td>
          </tr>`,
        )}
      </table>
    </section>`;
  }
}

/** The one thing to be read from afar. @param {Order} order @param {number} now */
function saidText(order, now) {
  const { alarm_at, assured_until, condition } = order;
  if (condition === "assured" && assured_until)
    return html`<p class="said big">${clock(Date.parse(assured_until))}</p>`;
  if (condition === "unassured" && alarm_at)
    return html`<p class="said big">${countdown(Date.parse(alarm_at) - now)}</p>`;
  const word = html`<span class="word">${t(`condition.${condition}`)}</span>`;
  return html`<p class="said">${promise.alarmSign(order)}${word}</p>`;
}

/** What it means. @param {Order} order @param {number} now */
function meansText(order, now) {
  const { alarm_at, assured_until, condition, unassured_since } = order;
  const standing = standingOf(order);
  if (condition === "assured") {
    const left = assured_until ? Date.parse(assured_until) - now : 0;
    return left > 0 ? t("promise.left", { left: countdown(left) }) : assured_until && t("promise.passed");
  }
  if (standing === "held" && alarm_at)
    return t(promise.isSilence(order) ? "promise.held.unless_heard" : "promise.held.unless_changed", {
      at: clock(Date.parse(alarm_at)),
    });
  const since = unassured_since ? clock(Date.parse(unassured_since)) : "";
  return t(`promise.${standing}.means`, { since });
}

/** @param {Verb} verb */
const actButton = (verb) => html`<button @click=${() => page.begin(verb)}>
  ${t(`act.${verb}.name`)}<kbd>${KEY_OF[verb].toUpperCase()}</kbd>
</button>`;

/** A cause in words: "zone:Z-1" is «zona Escuela». @param {string} cause @param {Zone[]} zones */
function named(cause, zones) {
  const [kind = "", ...rest] = cause.split(":");
  const id = rest.join(":");
  const name = (kind === "zone" && zones.find((zone) => zone.id === id)?.name) || id;
  return has(`cause.${kind}`) ? t(`cause.${kind}`, { name }) : cause;
}

customElements.define("order-panel", OrderPanel);
