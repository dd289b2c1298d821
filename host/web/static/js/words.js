// Phrases that several parts of the page say.

/** @import { Delivery, Incident } from "./types.js" */
import { countdown, t } from "./i18n.js";

/** When an alarm escalates or comes back; "" when it does neither.
 * @param {Incident} incident @param {number} now */
export function dueText({ due, state }, now) {
  if (!due) return "";
  const left = Date.parse(due) - now;
  if (left <= 0) return t("queue.overdue");
  return t(state === "shelved" ? "queue.returns" : "queue.due", { left: countdown(left) });
}

/** Who is told. @param {Delivery} delivery */
export const whom = ({ person, recipient }) =>
  t(`recipient.${recipient}`) + (person ? ` (${person})` : "");
