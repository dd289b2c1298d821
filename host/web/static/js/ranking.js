// The orders sorted: what matters first.

/** @import { Condition, Level, Order } from "./types.js" */

/** @type {Level[]} */
const LEVELS = ["breach", "alert", "pre_alert", "clear"];
/** @type {Condition[]} */
const CONDITIONS = ["unassured", "watched", "assured", "inactive"];
const { compare } = new Intl.Collator("en", { numeric: true });

/** By level, then by what can be promised, then by name. One order that changes costs a binary
 * search, however many there are. */
export class Ranking {
  /** @type {string[]} sorted */ orders = [];
  /** @type {Map<string, number>} by order */ #ranks = new Map();

  /** @param {Order[]} orders */
  replace(orders) {
    this.#ranks = new Map(orders.map((order) => [order.order, rankOf(order)]));
    this.orders = [...this.#ranks.keys()].sort((one, other) => this.#compare(one, other));
  }

  /** @param {Order} order new, or changed */
  put(order) {
    const name = order.order;
    const rank = rankOf(order);
    const before = this.#ranks.get(name);
    if (before === rank) return;
    if (before !== undefined) this.orders.splice(this.indexOf(name), 1);
    this.#ranks.set(name, rank);
    this.orders.splice(this.#place(name), 0, name);
  }

  /** Where an order stands; -1 for none of them. @param {string} order */
  indexOf(order) {
    return this.#ranks.has(order) ? this.#place(order) : -1;
  }

  /** How many stand before it. @param {string} order */
  #place(order) {
    let [low, high] = [0, this.orders.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#compare(this.orders[middle] ?? "", order) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** @param {string} one @param {string} other */
  #compare(one, other) {
    const by = (this.#ranks.get(one) ?? 0) - (this.#ranks.get(other) ?? 0);
    // Names may differ in nothing that a collator sees ("o1", "o01").
    return by || compare(one, other) || (one < other ? -1 : Number(one > other));
  }
}

/** @param {Order} order */
const rankOf = ({ condition, level }) =>
  LEVELS.indexOf(level) * CONDITIONS.length + CONDITIONS.indexOf(condition);
