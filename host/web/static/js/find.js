// Finding an order by what its reader has of it: its name, a unit, a person, a zone, an alarm.

/** @import { Store } from "./store.js" */
/** @import { Order } from "./types.js" */
import { inEveryLanguage } from "./i18n.js";

/** What was found: an order, or an alarm that belongs to none; and what of it fits: an alarm, a
 * name other than its own, or neither.
 * @typedef {{ order: string, incident: string, name: string }} Match */

/** What is searched, folded, and what is said of it when it fits.
 * @typedef {{ folded: string, incident: string, name: string }} Text */

/** Without case and accents. @param {string} text */
const fold = (text) =>
  (ASCII.test(text) ? text : text.normalize("NFD").replace(/\p{M}/gu, "")).toLowerCase();
const ASCII = /^[\x20-\x7e\n]*$/; // as most names are: quicker

/**
 * The orders in which every word of `query` is found: first what has that very name, then that
 * number, then a name that begins so; within each as they are ranked.
 * @param {Store} store
 * @param {string} query
 * @returns {Match[]}
 */
export function find(store, query) {
  const whole = fold(query).trim();
  const words = whole.split(/\s+/);
  const nearness = nearnessTo(whole);
  const alarms = alarmsByOrder(store);
  /** @type {[Match[], Match[], Match[], Match[]]} */
  const found = [[], [], [], []];
  for (const alarm of alarms.get("") ?? []) {
    const match = matchOf("", [alarm], words);
    if (match) found[3].push(match);
  }
  for (const name of store.ranking.names) {
    const order = /** @type {Order} */ (store.orders.get(name));
    const names = namesOf(store, order);
    const match = matchOf(name, [...names, stateOf(order), ...(alarms.get(name) ?? [])], words);
    if (match) found[nearness(names)].push(match);
  }
  return found.flat();
}

/** @param {string} order @param {Text[]} texts @param {string[]} words @returns {Match | null} */
function matchOf(order, texts, words) {
  const places = words.map((word) => texts.findIndex(({ folded }) => folded.includes(word)));
  if (places.includes(-1)) return null;
  const { incident, name } = /** @type {Text} */ (texts[Math.max(...places)]);
  return { order, incident, name };
}

/** What an order is called by, its own name first.
 * @param {Store} store @param {Order} order @returns {Text[]} */
function namesOf(store, { order, zones }) {
  const names = zones.map(({ name }) => textOf(name, name));
  for (const [unit, person] of store.wearersOf(order))
    for (const name of [person, unit]) names.push(textOf(name, `${person} · ${unit}`));
  return [textOf(order, ""), ...names];
}

/** Its level and condition. @param {Order} order @returns {Text} */
function stateOf({ condition, level }) {
  const keys = [`level.${level}`, `condition.${condition}`];
  const known = STATES.get(keys.join());
  const text = known ?? textOf(keys.flatMap(inEveryLanguage).join("\n"), "");
  STATES.set(keys.join(), text);
  return text;
}
/** @type {Map<string, Text>} few, and the same for thousands of orders */
const STATES = new Map();

/** @param {string} searched @param {string} name @returns {Text} */
const textOf = (searched, name) => ({ folded: fold(searched), incident: "", name });

/** What alarms say, in every language; under "" those of no order. @param {Store} store */
function alarmsByOrder(store) {
  /** @type {Map<string, Text[]>} */
  const alarms = new Map();
  for (const { incident, order, sentence } of store.incidents.values()) {
    const texts = alarms.get(order ?? "") ?? [];
    const folded = fold([incident, ...Object.values(sentence)].join("\n"));
    alarms.set(order ?? "", [...texts, { folded, incident, name: "" }]);
  }
  return alarms;
}

/** How near an order's names come to what is sought, as the index of what holds of one of them.
 * @param {string} whole */
function nearnessTo(whole) {
  const number = /^0*(\d+)$/.exec(whole)?.[1] ?? "none";
  const numbered = new RegExp(`(^|\\D)0*${number}(\\D|$)`);
  /** @type {((name: string) => boolean)[]} */
  const tests = [
    (name) => name === whole,
    (name) => numbered.test(name),
    (name) => name.startsWith(whole),
    () => true,
  ];
  /** @param {Text[]} names */
  return (names) => tests.findIndex((holds) => names.some(({ folded }) => holds(folded)));
}
