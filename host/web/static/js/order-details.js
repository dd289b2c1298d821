// Lists of the order's panel: what makes up an alarm, calls to be made, messages with their
// receipts, the units.

/** @import { Delivery, Incident, Unit } from "./types.js" */
import { css, html } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { page } from "./page-state.js";
import { clock, countdown, duration, has, t } from "./i18n.js";
import { RECEIPT, partySign } from "./signs.js";
import { partsOf, whom } from "./words.js";

const SHOWN = 8;
const GRACE_MS = 20_000; // from the end of a lease: waking, fixing, sending (the host's margin)

/** What makes up an alarm. @param {Incident} incident */
export function partRows(incident) {
  const parts = partsOf(incident);
  if (!parts.length) return "";
  return html`<ul class="parts" aria-label=${t("part.title")}>
    ${parts.map(({ holds, what }) => html`<li>${t(holds ? "part.holds" : "part.over", { what })}</li>`)}
  </ul>`;
}

/** Whom somebody at this page is to call. @param {Delivery[]} calls */
export function callRows(calls) {
  if (!calls.length) return "";
  return html`<section>
    <h3>${t("order.calls")}</h3>
    <ul class="messages">
      ${repeat(calls, ({ delivery }) => delivery, callRow)}
    </ul>
  </section>`;
}

/** @param {Delivery} call @param {number} place */
function callRow(call, place) {
  const { at, delivery } = call;
  return html`<li>
    <span class="to" aria-hidden="true">☎</span>
    <span class="word">${whom(call)}</span>
    <button aria-label="${t("act.call.name")} ${whom(call)}" @click=${() => page.begin("call", delivery)}>
      ${t("act.call.name")}${place ? "" : html`<kbd>C</kbd>`}
    </button>
    <time>${clock(Date.parse(at))}</time>
  </li>`;
}

/** The latest messages, newest first, but for what this very screen is told or asked.
 * @param {Delivery[]} deliveries */
export function deliveryRows(deliveries) {
  const latest = deliveries
    .filter(({ recipient, state, verbs }) => {
      return recipient !== "centre" && state !== "withdrawn" && !verbs.length;
    })
    .sort((a, b) => (a.at < b.at ? 1 : -1))
    .slice(0, SHOWN);
  if (!latest.length) return html`<p class="quiet">${t("message.none")}</p>`;
  return html`<ul class="messages">${latest.map(deliveryRow)}</ul>`;
}

/** @param {Delivery} delivery */
function deliveryRow({ at, attempts, channel, recipient, state }) {
  const party = recipient === "offender" || recipient === "victim" ? partySign(recipient) : "";
  const by = channel === "unit" ? "" : ` · ${t(`channel.${channel}`)}`;
  return html`<li>
    <span class="to">${party}</span>
    <span class="word">${t(`recipient.${recipient}`)}${by}</span>
    <span class=${state}><span aria-hidden="true">${RECEIPT[state]}</span> ${t(`progress.${state}`)}</span>
    <time>${clock(Date.parse(at))}</time>
    ${attempts > 1 ? html`<span class="tries">${t("message.attempts", { n: attempts })}</span>` : ""}
  </li>`;
}

/** The units side by side, one a column. @param {Unit[]} units */
export function unitTable(units) {
  const now = page.store.now();
  /** @type {[string, (unit: Unit) => string][]} */
  const rows = [
    ["unit.connection", (of) => t(of.connected ? "unit.connected" : "unit.disconnected")],
    ["unit.last_contact", (of) => heard(of, now)],
    ["unit.lease", (of) => lease(of, now)],
    ["unit.battery", (of) => (of.battery === null ? "—" : `${of.battery} %`)],
  ];
  return html`<table class="units">
      <tr>
        <td></td>
        ${units.map(
          ({ role, unit }) => html`<th scope="col">
            ${partySign(role)} <span class="unseen">${t(`recipient.${role}`)}</span> ${unit}
          </th>`,
        )}
      </tr>
      ${rows.map(
        ([label, value]) => html`<tr>
          <th scope="row">${t(label)}</th>
          ${units.map((unit) => html`<td>${value(unit)}</td>`)}
        </tr>`,
      )}
    </table>
    ${units.flatMap(({ alarms, unit }) =>
      alarms.map((code) => html`<p class="alarm">⚠ ${unit}: ${alarmText(code)}</p>`),
    )}`;
}

/** @param {Unit} unit @param {number} now */
const heard = ({ last_contact: at }, now) =>
  at ? t("age", { age: duration(now - Date.parse(at)) }) : t("unit.never");

/** @param {Unit} unit @param {number} now */
function lease({ lease_until: until }, now) {
  if (!until) return "—";
  const left = Date.parse(until) - now;
  return left > -GRACE_MS ? countdown(left) : t("unit.overdue");
}

/** @param {string} code */
const alarmText = (code) => (has(`cause.${code}`) ? t(`cause.${code}`) : code);

export const detailStyles = css`
  .messages,
  .units {
    font-size: 0.875rem;
    font-variant-numeric: tabular-nums;
  }
  .messages li {
    display: grid;
    grid-template-columns: 1rem 1fr auto auto;
    gap: 0 0.5rem;
    align-items: center;
    padding: 0.15rem 0;
  }
  .to {
    display: flex;
  }
  time,
  .tries {
    color: var(--quiet);
  }
  .tries {
    grid-column: 2 / -1;
  }
  .failed,
  p.alarm {
    color: var(--p2);
    font-weight: 600;
  }
  .units th {
    font-weight: 600;
    text-align: left;
    white-space: nowrap;
  }
  .units .sign {
    vertical-align: -0.15em;
  }
  .units th[scope="row"] {
    font-weight: 400;
    color: var(--quiet);
  }
  .units td,
  .units th {
    padding: 0.1rem 0.6rem 0.1rem 0;
  }
`;
