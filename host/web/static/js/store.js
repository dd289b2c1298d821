// What the page knows: the centre's last word on each thing, kept up by events.

/**
 * @import { Counters, Delivery, Incident, Mark, Order, Position, Snapshot, Unit }
 *   from "./types.js"
 */

import { Ranking } from "./ranking.js";

const TRAIL_MARKS = 120;
/** @type {ReadonlyMap<string, string>} */
const NOBODY = new Map();

export class Store {
  /** @type {Map<string, Order>} */ orders = new Map();
  ranking = new Ranking();
  /** @type {Map<string, Position>} by order and unit */ positions = new Map();
  /** @type {Map<string, Incident>} */ incidents = new Map();
  /** @type {Map<string, Delivery>} */ deliveries = new Map();
  /** @type {Map<string, Unit>} */ units = new Map();
  /** @type {Map<string, Mark[]>} by order and unit, in order of fix time */ trails = new Map();
  /** @type {Counters} */ counters = { accepted: 0, rejected: {} };
  /** Number of the last event. */
  seen = 0;
  /** @type {Map<string, Map<string, string>>} of each order: unit and person */ #wearers = new Map();
  #clock = { now: Date.now(), at: performance.now(), speed: 1 };

  /** The centre's time now, in milliseconds since 1970. */
  now() {
    return this.#clock.now + (performance.now() - this.#clock.at) * this.#clock.speed;
  }

  /** @param {Snapshot} snapshot */
  replace(snapshot) {
    this.#setClock(snapshot.now, this.#clock.speed);
    for (const things of [this.orders, this.incidents, this.deliveries, this.units]) things.clear();
    for (const things of [this.positions, this.#wearers]) things.clear();
    for (const order of snapshot.orders) this.orders.set(order.order, order);
    this.ranking.replace(snapshot.orders);
    for (const incident of snapshot.incidents) this.incidents.set(incident.incident, incident);
    for (const delivery of snapshot.deliveries) this.deliveries.set(delivery.delivery, delivery);
    for (const unit of snapshot.units) this.#keepUnit(unit);
    for (const position of snapshot.positions) this.#place(position);
    for (const key of this.trails.keys()) if (!this.positions.has(key)) this.trails.delete(key);
    this.counters = snapshot.counters;
    this.seen = snapshot.id;
  }

  /** @param {string} type @param {any} event */
  apply(type, event) {
    this.seen = event.id ?? this.seen;
    if (type === "position") this.#place(event);
    else if (type === "order") this.#keepOrder(event);
    else if (type === "incident") this.#keepIncident(event);
    else if (type === "delivery") this.deliveries.set(event.delivery, event);
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

  /** @param {Order} order */
  #keepOrder(order) {
    this.orders.set(order.order, order);
    this.ranking.put(order);
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
    this.incidents.set(incident.incident, incident);
    if (incident.state !== "normal") return;
    this.incidents.delete(incident.incident);
    for (const [key, delivery] of this.deliveries)
      if (delivery.incident === incident.incident) this.deliveries.delete(key);
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
