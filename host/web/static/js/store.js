// What the page knows: the centre's last word on each thing, kept up by events.

/**
 * @import { Counters, Delivery, Incident, Mark, Order, Position, Snapshot, Unit }
 *   from "./types.js"
 */

import { Groups } from "./groups.js";
import { Ranking, isWaiting, rankOfIncident, rankOfOrder } from "./ranking.js";

const TRAIL_MARKS = 120;
/** @type {ReadonlyMap<string, string>} */
const NOBODY = new Map();

export class Store {
  /** @type {Map<string, Order>} */ orders = new Map();
  /** @type {Ranking<string>} the orders */ ranking = new Ranking();
  /** @type {Map<string, Position>} by order and unit */ positions = new Map();
  /** @type {Map<string, Incident>} */ incidents = new Map();
  /** @type {Ranking<string>} the incidents; those that wait come first */ queue = new Ranking();
  /** @type {Set<string>} incidents that have changed since somebody took them from here */
  touched = new Set();
  /** @type {Map<string, Delivery>} */ deliveries = new Map();
  /** @type {Map<string, Unit>} */ units = new Map();
  /** @type {Map<string, Mark[]>} by order and unit, in order of fix time */ trails = new Map();
  /** @type {Counters} */ counters = { accepted: 0, rejected: {} };
  /** Number of the last event. */
  seen = 0;
  /** @type {Set<string>} incidents */ #waiting = new Set();
  /** By order; "" for none. */
  #incidentsOf = new Groups();
  #deliveriesOf = new Groups();
  /** @type {Map<string, Map<string, string>>} of each order: unit and person */ #wearers = new Map();
  #clock = { now: Date.now(), at: performance.now(), speed: 1 };

  /** The centre's time now, in milliseconds since 1970. */
  now() {
    return this.#clock.now + (performance.now() - this.#clock.at) * this.#clock.speed;
  }

  /** @param {Snapshot} snapshot */
  replace(snapshot) {
    this.#setClock(snapshot.now, this.#clock.speed);
    for (const name of this.incidents.keys()) this.touched.add(name);
    for (const things of [this.orders, this.incidents, this.deliveries, this.units]) things.clear();
    for (const things of [this.positions, this.#wearers, this.#waiting]) things.clear();
    for (const groups of [this.#incidentsOf, this.#deliveriesOf]) groups.clear();
    this.queue.replace([]);
    for (const order of snapshot.orders) this.orders.set(order.order, order);
    this.ranking.replace(snapshot.orders.map((order) => [order.order, rankOfOrder(order)]));
    for (const incident of snapshot.incidents) this.#keepIncident(incident);
    for (const delivery of snapshot.deliveries) this.#keepDelivery(delivery);
    for (const unit of snapshot.units) this.#keepUnit(unit);
    for (const position of snapshot.positions) this.#place(position);
    for (const key of this.trails.keys()) if (!this.positions.has(key)) this.trails.delete(key);
    this.counters = snapshot.counters;
    this.seen = snapshot.id;
  }

  /** What is locked keeps of each alarm that it waits, and how urgent it is. */
  forgetAllButAlarms() {
    const incidents = [...this.incidents.values()].map((incident) => ({
      ...incident,
      ...{ order: null, cause: "", parts: {}, operator: null, acknowledged_by: null, note: "" },
      ...{ verbs: [], sentence: {} },
    }));
    const nothing = { orders: [], positions: [], deliveries: [], units: [] };
    const now = new Date(this.now()).toISOString();
    this.replace({ ...nothing, incidents, now, id: this.seen, counters: this.counters });
  }

  /** @param {string} type @param {any} event */
  apply(type, event) {
    this.seen = event.id ?? this.seen;
    if (type === "position") this.#place(event);
    else if (type === "order") this.#keepOrder(event);
    else if (type === "incident") this.#keepIncident(event);
    else if (type === "delivery") this.#keepDelivery(event);
    else if (type === "unit") this.#keepUnit(event);
    else if (type === "counters") this.counters = event;
    else if (type === "heartbeat") this.#setClock(event.now, event.speed);
  }

  /** The units of an order's parties, and who wears each, heard of yet or not.
   * @param {string} order @returns {ReadonlyMap<string, string>} */
  wearersOf(order) {
    return this.#wearers.get(order) ?? NOBODY;
  }

  /** Positions of an order's parties. @param {string} order */
  parties(order) {
    const units = [...this.wearersOf(order).keys()];
    return units.flatMap((unit) => this.positions.get(`${order} ${unit}`) ?? []);
  }

  /** Units of an order's parties, heard of yet or not. @param {string} order */
  unitsOf(order) {
    const units = [...this.wearersOf(order).keys()];
    return units.flatMap((unit) => this.units.get(unit) ?? []);
  }

  /** How many incidents wait for an operator. */
  get waiting() {
    return this.#waiting.size;
  }

  /** Incidents of an order, as they stand in the queue. @param {string} order */
  incidentsOf(order) {
    return this.#incidentsOf
      .of(order)
      .flatMap((name) => this.incidents.get(name) ?? [])
      .sort((one, other) => this.queue.indexOf(one.incident) - this.queue.indexOf(other.incident));
  }

  /** Deliveries of an order's incidents. @param {string} order */
  deliveriesOf(order) {
    return this.#deliveriesOf.of(order).flatMap((name) => this.deliveries.get(name) ?? []);
  }

  /** @param {Order} order */
  #keepOrder(order) {
    this.orders.set(order.order, order);
    this.ranking.put(order.order, rankOfOrder(order));
    for (const incident of this.#incidentsOf.of(order.order)) this.#rank(incident);
  }

  /** @param {Unit} unit */
  #keepUnit(unit) {
    const before = this.units.get(unit.unit)?.order;
    if (before && before !== unit.order && !this.positions.has(`${before} ${unit.unit}`))
      this.#wearers.get(before)?.delete(unit.unit);
    if (unit.order) this.#keepWearer(unit.order, unit);
    this.units.set(unit.unit, unit);
  }

  /** @param {string} order @param {{ unit: string, person: string }} wearer */
  #keepWearer(order, { person, unit }) {
    const wearers = this.#wearers.get(order) ?? new Map();
    this.#wearers.set(order, wearers.set(unit, person));
  }

  /** What is over leaves, with its messages. @param {Incident} incident */
  #keepIncident(incident) {
    const { incident: name, state } = incident;
    const order = incident.order ?? "";
    this.touched.add(name);
    if (isWaiting(incident)) this.#waiting.add(name);
    else this.#waiting.delete(name);
    if (state === "normal") return this.#forgetIncident(name, order);
    this.incidents.set(name, incident);
    this.#incidentsOf.add(order, name);
    this.#rank(name);
  }

  /** @param {string} name @param {string} order */
  #forgetIncident(name, order) {
    this.incidents.delete(name);
    this.#incidentsOf.delete(order, name);
    this.queue.delete(name);
    for (const { delivery, incident } of this.deliveriesOf(order)) {
      if (incident !== name) continue;
      this.deliveries.delete(delivery);
      this.#deliveriesOf.delete(order, delivery);
    }
  }

  /** @param {string} name of an incident */
  #rank(name) {
    const incident = /** @type {Incident} */ (this.incidents.get(name));
    this.queue.put(name, rankOfIncident(incident, this.orders.get(incident.order ?? "")));
  }

  /** @param {Delivery} delivery */
  #keepDelivery(delivery) {
    this.deliveries.set(delivery.delivery, delivery);
    this.#deliveriesOf.add(delivery.order, delivery.delivery);
  }

  /** A late position takes its place in the trail and not on the map. @param {Position} position */
  #place(position) {
    const key = `${position.order} ${position.unit}`;
    this.#keepWearer(position.order, position);
    const at = timeOf(position);
    const known = this.positions.get(key);
    if (!known || timeOf(known) <= at) this.positions.set(key, position);
    if (!position.believed) return;
    const trail = this.trails.get(key) ?? [];
    let place = trail.length;
    while (place > 0 && /** @type {Mark} */ (trail[place - 1]).at > at) place -= 1;
    const same = trail[place - 1]?.at === at;
    trail.splice(same ? place - 1 : place, same ? 1 : 0, { at, lonlat: [position.lon, position.lat] });
    this.trails.set(key, trail.slice(-TRAIL_MARKS));
  }

  /** @param {string} now @param {number | undefined} speed */
  #setClock(now, speed) {
    this.#clock = { now: Date.parse(now), at: performance.now(), speed: speed ?? 1 };
  }
}

/** When a position was fixed, in milliseconds; a place always was. @param {Position} position */
const timeOf = ({ time }) => (time ? Date.parse(time) : 0);
