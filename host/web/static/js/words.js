// Phrases that several parts of the page say.

/** @import { Delivery, Incident } from "./types.js" */
import { countdown, has, t } from "./i18n.js";

/** When an alarm escalates or comes back; "" when it does neither.
 * @param {Incident} incident @param {number} now */
export function dueText({ due, state }, now) {
  if (!due) return "";
  const left = Date.parse(due) - now;
  if (left <= 0) return t("queue.overdue");
  return t(state === "shelved" ? "queue.returns" : "queue.due", { left: countdown(left) });
}

/** What is one trouble with an alarm and makes it up, what still holds first; nothing where the
 * alarm's own sentence says it all. @param {Incident} incident */
export function partsOf({ cause, parts }) {
  const all = Object.entries(parts).map(([part, holds]) => ({ what: partText(part), holds }));
  if (cause === "assurance" && all.length < 2) return [];
  return all.sort((one, other) => Number(other.holds) - Number(one.holds));
}

/** "no_cover:V1" is «sin cobertura V1». @param {string} part */
function partText(part) {
  const [kind = "", unit = ""] = part.split(":");
  const what = t(has(`cause.${kind}`) ? `cause.${kind}` : `condition.${kind}`);
  return `${what} ${unit}`.trim();
}

/** Who is told. @param {Delivery} delivery */
export const whom = ({ person, recipient }) =>
  t(`recipient.${recipient}`) + (person ? ` (${person})` : "");
