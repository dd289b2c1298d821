// What an order can promise, and the quiet clock that runs once it promises nothing: one bar, of one
// shape wherever it is shown, and what is said beside it.

/** @import { Order, Role, Standing } from "./types.js" */
import { css, html } from "lit";
import { clock, countdown, has, t } from "./i18n.js";
import { page } from "./page-state.js";
import { isWaiting, standingOf } from "./ranking.js";
import { partySign, prioritySign } from "./signs.js";

/** How much of its bar is full, in percent: all of it while nothing runs out. What runs out moves
 * once a second, and by nothing but its own length: no other thing on the page moves with it.
 * @param {Order} order @param {number} now */
export function fullness(order, now) {
  const { alarm_at, assured_until, unassured_since } = order;
  const standing = standingOf(order);
  if (standing === "inactive") return 0;
  if (standing === "assured") return hasPassed(assured_until, now) ? 0 : 100;
  if (standing !== "held" || !alarm_at || !unassured_since) return 100;
  const whole_s = (Date.parse(alarm_at) - Date.parse(unassured_since)) / 1000;
  const left_s = Math.ceil((Date.parse(alarm_at) - now) / 1000);
  return Math.max(0, Math.min(100, Math.round((1000 * left_s) / Math.max(whole_s, 1)) / 10));
}

/** The bar: a picture of what is said beside it.
 * @param {Standing} standing @param {number} full in percent @param {1 | 2 | 3} priority of its alarm */
export function bar(standing, full, priority = 2) {
  const [from, to] = standing === "alarm" ? [-5, 105] : [0, full]; // it slants
  return html`<div class="bar ${standing} priority${priority}" aria-hidden="true">
    <svg><line x1="${from}%" x2="${to}%" y1="50%" y2="50%" /></svg>
  </div>`;
}

/** The bar of an order. @param {Order} order @param {number} now */
export const promiseBar = (order, now) =>
  bar(standingOf(order), fullness(order, now), alarmOf(order).priority);

/** What it comes to, in as few words as can be. @param {Order} order @param {number} now */
export function promiseText(order, now) {
  const { alarm_at, assured_until, condition } = order;
  if (condition === "assured" && assured_until)
    return hasPassed(assured_until, now)
      ? t("promise.passed")
      : t("promise.assured.short", { until: clock(Date.parse(assured_until)) });
  if (condition === "unassured" && alarm_at)
    return t("promise.held.short", { left: countdown(Date.parse(alarm_at) - now) });
  return t(`condition.${condition}`);
}

/** The alarm's sign, an outline once it was taken up. @param {Order} order */
export function alarmSign(order) {
  if (standingOf(order) !== "alarm") return "";
  const { priority, waits } = alarmOf(order);
  return html`<i class=${waits ? "" : "seen"}>${prioritySign(priority)}</i>`;
}

/** Why nothing is promised: who is silent since when, or what else; "" where something is.
 * @param {Order} order */
export function whyText({ condition, order, reason }) {
  if (condition !== "unassured") return "";
  const silent = silentOf(order, reason);
  if (!silent) return has(`reason.${reason}`) ? t(`reason.${reason}`) : reason;
  const { role, since } = silent;
  return html`${partySign(role)}
    <em>${t(`recipient.${role}`)}</em> ${t("promise.silent", { since: clock(Date.parse(since)) })}`;
}

/** All of that in one line. @param {Order} order @param {number} now */
export function promiseLine(order, now) {
  const said = promiseText(order, now);
  if (order.condition !== "unassured") return said;
  return html`${alarmSign(order)}<b>${said}</b> <i class="why">${whyText(order)}</i>`;
}

/** Whether the order would be no alarm if somebody were heard again. @param {Order} order */
export const isSilence = ({ order, reason }) => silentOf(order, reason) !== null;

/** The party that has not reported in time: of several, the one who should have first.
 * @param {string} order @param {string} reason "overdue_offender", "blind_victim", …
 * @returns {{ role: Role, since: string } | null} */
function silentOf(order, reason) {
  const [lack, role] = reason.split("_");
  if (lack !== "overdue") return null;
  const [silent] = page.store
    .unitsOf(order)
    .filter((unit) => unit.role === role && unit.last_contact)
    .sort((one, other) => ((one.lease_until ?? "") < (other.lease_until ?? "") ? -1 : 1));
  return silent?.last_contact ? { role: silent.role, since: silent.last_contact } : null;
}

/** How urgent it is that nothing is promised, and whether that waits for an operator.
 * @param {Order} order @returns {{ priority: 1 | 2 | 3, waits: boolean }} */
function alarmOf(order) {
  const alarm = page.store
    .incidentsOf(order.order)
    .find(({ cause, parts }) => cause === "assurance" || "unassured" in parts);
  return alarm ? { priority: alarm.priority, waits: isWaiting(alarm) } : { priority: 2, waits: true };
}

/** @param {string | null} at @param {number} now */
const hasPassed = (at, now) => !!at && Date.parse(at) <= now;

// Each look has its own pattern, and only the alarm has a colour.
export const barStyles = css`
  .bar {
    --thick: 0.6rem;
    width: 100%;
    height: var(--thick);
    overflow: hidden;
    border: 1px solid var(--edge);
    border-radius: 2px;
    color: var(--quiet);
  }
  .bar svg {
    display: block;
    width: 100%;
    height: 100%;
  }
  .bar line {
    stroke: currentcolor;
    stroke-width: var(--thick);
  }
  .bar.watched line {
    stroke-dasharray: 1.2rem 0.6rem;
  }
  .bar.held {
    color: var(--text);
    border-color: currentcolor;
  }
  .bar.held line {
    stroke-dasharray: 2px 2px;
  }
  .bar.alarm {
    color: var(--colour);
    border-color: currentcolor;
  }
  .bar.alarm line {
    stroke-dasharray: 0.6rem 0.4rem;
    transform: skewX(-40deg);
    transform-origin: center;
    transform-box: view-box;
  }
  .bar.inactive {
    border-style: dashed;
  }
`;

export const lineStyles = css`
  .line:has(b) {
    display: flex;
    align-items: center;
    gap: 0.5rem;
  }
  .line .sign {
    width: 1.05rem;
    height: 1.05rem;
    vertical-align: -0.25em;
  }
  .line .party {
    width: 0.8rem;
    height: 0.8rem;
    vertical-align: -0.1em;
  }
  .line b {
    color: var(--text);
  }
  /* What is too long for its line ends in dots, and the promise never does. */
  .why {
    flex: 1;
    text-align: right;
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .line i,
  .line em {
    font-style: normal;
  }
  .why em {
    position: absolute;
    clip-path: inset(50%);
  }
`;
