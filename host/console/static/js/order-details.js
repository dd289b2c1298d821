// Two lists of the order's panel: messages with their receipts, and the units.

/** @import { Delivery, Unit } from "./types.js" */
import { css, html } from "lit";
import { desk } from "./desk.js";
import { clock, countdown, duration, has, t } from "./i18n.js";
import { RECEIPT, partySign } from "./signs.js";

const SHOWN = 8;

/** The latest messages, newest first. @param {Delivery[]} deliveries */
export function deliveryRows(deliveries) {
  if (!deliveries.length) return html`<p class="quiet">${t("message.none")}</p>`;
  const latest = deliveries.sort((a, b) => b.at.localeCompare(a.at)).slice(0, SHOWN);
  return html`<ul class="messages">
    ${latest.map(
      ({ at, attempts, channel, recipient, state }) => html`<li>
        ${recipient === "offender" || recipient === "victim" ? partySign(recipient) : html`<i></i>`}
        <span>${t(`recipient.${recipient}`)} · ${t(`channel.${channel}`)}</span>
        <span class=${state}>
          <span aria-hidden="true">${RECEIPT[state]}</span> ${t(`progress.${state}`)}
        </span>
        <span class="when">
          ${clock(Date.parse(at))}${attempts > 1 ? ` · ${t("message.attempts", { n: attempts })}` : ""}
        </span>
      </li>`,
    )}
  </ul>`;
}

/** @param {Unit[]} units */
export const unitCards = (units) => html`<ul class="units">${units.map(unitCard)}</ul>`;

/** @param {Unit} unit */
function unitCard({ alarms, battery, connected, last_contact, lease_until, role, unit }) {
  const now = desk.store.now();
  const lease = lease_until ? Date.parse(lease_until) - now : 0;
  const heard = last_contact
    ? t("age", { age: duration(now - Date.parse(last_contact)) })
    : t("unit.never");
  return html`<li>
    <p class="unit">${partySign(role)} ${t(`recipient.${role}`)} · ${unit}</p>
    <dl>
      <dt>${t("unit.connection")}</dt>
      <dd>${t(connected ? "unit.connected" : "unit.disconnected")}</dd>
      <dt>${t("unit.battery")}</dt>
      <dd>${battery === null ? "—" : `${battery} %`}</dd>
      <dt>${t("unit.last_contact")}</dt>
      <dd>${heard}</dd>
      <dt>${t("unit.lease")}</dt>
      <dd>${lease > 0 ? t("unit.lease_for", { left: countdown(lease) }) : t("unit.lease_none")}</dd>
    </dl>
    ${alarms.map((code) => html`<p class="alarm">⚠ ${alarmText(code)}</p>`)}
  </li>`;
}

/** @param {string} code */
const alarmText = (code) => (has(`cause.${code}`) ? t(`cause.${code}`) : code);

export const detailStyles = css`
  .messages li {
    display: grid;
    grid-template-columns: 1rem 1fr auto;
    gap: 0 0.5rem;
    align-items: center;
    padding: 0.2rem 0;
  }
  .messages .when {
    grid-column: 2 / -1;
    font-size: 0.8125rem;
    color: var(--quiet);
    font-variant-numeric: tabular-nums;
  }
  .messages .failed,
  .units .alarm {
    color: var(--p2);
    font-weight: 600;
  }
  .units {
    display: grid;
    grid-template-columns: 1fr 1fr;
    gap: 0.9rem;
    padding-top: 0.3rem;
  }
  .unit {
    display: flex;
    align-items: center;
    gap: 0.4rem;
    font-weight: 600;
  }
  dl {
    font-size: 0.8125rem;
    font-variant-numeric: tabular-nums;
  }
  dt {
    color: var(--quiet);
  }
`;
