// What matters first: orders in their list, alarms in their queue.

/** @import { Incident, IncidentState, Level, Order, Standing } from "./types.js" */

/** @type {Level[]} */
const LEVELS = ["breach", "alert", "pre_alert", "clear"];
/** @type {Standing[]} */
const STANDINGS = ["alarm", "held", "watched", "assured", "inactive"];
/** @type {IncidentState[]} */
const WAITING = ["unacknowledged", "returned_unacknowledged"];
/** @type {IncidentState[]} */
const STATES = [...WAITING, "acknowledged", "shelved", "suppressed", "out_of_service"];
const LAST = "~"; // after any time
const { compare } = new Intl.Collator("en", { numeric: true });

/** Names sorted by the rank of each, then by themselves. One whose rank changes costs a binary
 * search, however many there are.
 * @template {number | string} Rank */
export class Ranking {
  /** @type {string[]} sorted */ names = [];
  /** @type {Map<string, Rank>} by name */ #ranks = new Map();

  /** @param {Iterable<[string, Rank]>} ranks */
  replace(ranks) {
    this.#ranks = new Map(ranks);
    this.names = [...this.#ranks.keys()].sort((one, other) => this.#compare(one, other));
  }

  /** @param {string} name new, or known @param {Rank} rank */
  put(name, rank) {
    if (this.#ranks.get(name) === rank) return;
    this.delete(name);
    this.#ranks.set(name, rank);
    this.names.splice(this.#place(name), 0, name);
  }

  /** @param {string} name */
  delete(name) {
    if (!this.#ranks.has(name)) return;
    this.names.splice(this.#place(name), 1);
    this.#ranks.delete(name);
  }

  /** Where a name stands; -1 for one that is not there. @param {string} name */
  indexOf(name) {
    return this.#ranks.has(name) ? this.#place(name) : -1;
  }

  /** How many stand before it. @param {string} name */
  #place(name) {
    let [low, high] = [0, this.names.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#compare(this.names[middle] ?? "", name) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** @param {string} one @param {string} other */
  #compare(one, other) {
    const [rank, others] = [this.#ranks.get(one) ?? 0, this.#ranks.get(other) ?? 0];
    if (rank !== others) return rank < others ? -1 : 1;
    // Names may differ in nothing that a collator sees ("o1", "o01").
    return compare(one, other) || (one < other ? -1 : Number(one > other));
  }
}

/** What an order can promise, and whether it is an alarm that it can promise nothing.
 * @param {Order} order @returns {Standing} */
export const standingOf = ({ alarm_at, condition }) =>
  condition !== "unassured" ? condition : alarm_at ? "held" : "alarm";

/** By level, then by what can be promised; where that is nothing, by when he may plausibly be near, or
 * since when: times that stay while nothing is heard, so that rows keep their places.
 * @param {Order} order */
export function rankOfOrder(order) {
  const { alarm_at, level, unseen_since } = order;
  const standing = standingOf(order);
  const time = standing === "alarm" ? unseen_since : alarm_at;
  return `${LEVELS.indexOf(level)} ${STANDINGS.indexOf(standing)} ${time ?? ""}`;
}

/** Whether an alarm still wants an operator. @param {Incident} incident */
export const isWaiting = ({ state }) => WAITING.includes(state);

/**
 * By risk. First what waits; then by priority, by how near they are, and where that is not known any
 * more, by since when: there he has had the most time. That stays while nothing is heard, so that
 * rows keep their places, as they do while it is no alarm. Then the oldest.
 * @param {Incident} incident
 * @param {Order} [order]
 */
export function rankOfIncident({ opened, priority, state }, order) {
  const level = LEVELS.indexOf(order?.level ?? "clear");
  const unseen = order && standingOf(order) !== "alarm" ? LAST : (order?.unseen_since ?? "");
  return `${STATES.indexOf(state)} ${priority} ${level} ${unseen} ${opened}`;
}
