// What is drawn of an order: circles, zones, accuracy, trails, and the line between its parties.

/** @import { Feature } from "geojson" */
/** @import { Store } from "./store.js" */
/** @import { Level, Lonlat, Order, Position, Zone } from "./types.js" */
import { feature } from "./base-map.js";
import { circle, pixelsAtZoom0 } from "./geo.js";
import { clock, distance, duration, t } from "./i18n.js";
import { standingOf } from "./ranking.js";

const STALE_AFTER_MS = 60_000; // as in the rule that leaves a level: older fixes are no evidence

/** @param {Position} position @returns {Lonlat} */
export const lonlat = ({ lat, lon }) => [lon, lat];

/** The age of a position that is too old, in words, else ""; a fixed place is always true.
 * @param {Position} position @param {number} now */
export function staleAge({ time }, now) {
  const age_ms = time ? now - Date.parse(time) : 0;
  return age_ms > STALE_AFTER_MS ? t("age", { age: duration(age_ms) }) : "";
}

/**
 * One party as a marker: its shape says who, hollow says old, its colour the order's level.
 * @param {Position} position
 * @param {{ age: string, key: string, level: Level, named: boolean }} how `age`: of a stale one
 */
export function marker(position, { age, key, level, named }) {
  const name = named ? t(`recipient.${position.role}`) : "";
  return feature(
    { type: "Point", coordinates: lonlat(position) },
    {
      key,
      order: position.order,
      icon: `${position.role} ${age ? "hollow" : "solid"} ${level}`,
      label: [name, age].filter(Boolean).join(" · "),
      named,
    },
  );
}

/** Everything of one order but its markers. @param {Store} store @param {Order} order @returns {Feature[]} */
export function details(store, order) {
  const parties = store.parties(order.order);
  const victims = parties.filter(({ role }) => role === "victim");
  const offenders = parties.filter(({ role }) => role === "offender");
  /** @param {string} cause */
  const levelOf = (cause) => order.causes.find((of) => of.cause === cause)?.level ?? "clear";
  return [
    ...order.zones.flatMap((one) => zone(one, levelOf(`zone:${one.id}`))),
    ...parties.flatMap((party) => [...accuracy(party), ...trail(store, party)]),
    ...victims.flatMap((victim) => {
      const level = levelOf(`victim:${victim.person}`);
      return [
        ...rings(victim, order, level),
        ...offenders.flatMap((offender) => link(offender, victim, order, level)),
      ];
    }),
  ];
}

/** An order that promises nothing: a line between its parties, quiet until it is an alarm.
 * @param {Order} order @param {Position[]} parties */
export function gap(order, parties) {
  const { alarm_at } = order;
  const victims = parties.filter(({ role }) => role === "victim");
  const offenders = parties.filter(({ role }) => role === "offender");
  const coordinates = victims.flatMap((victim) => offenders.map((one) => [one, victim].map(lonlat)));
  const label = alarm_at
    ? t("map.held", { at: clock(Date.parse(alarm_at)) })
    : t("condition.unassured");
  return feature(
    { type: "MultiLineString", coordinates },
    { key: order.order, label, standing: standingOf(order) },
  );
}

/** The distances that move with the protected person. 
 * @param {Position} victim @param {Order} order @param {Level} level */
function rings(victim, { alert_m, contact_m, pre_alert_m }, level) {
  const all = /** @type {const} */ ([
    ["pre_alert", pre_alert_m],
    ["alert", alert_m],
    ["contact", contact_m],
  ]);
  return all.map(([kind, radius_m]) =>
    feature(
      { type: "Polygon", coordinates: [circle(lonlat(victim), radius_m)] },
      { kind, level, label: t(`ring.${kind}`, { radius: distance(radius_m) }) },
    ),
  );
}

/** @param {Zone} zone @param {Level} level */
function zone({ kind, margin_m, name, radius_m, ring }, level) {
  const outline = kind === "circle" && ring[0] ? circle(ring[0], radius_m) : closed(ring);
  const band = pixelsAtZoom0(2 * margin_m, outline[0]?.[1] ?? 0);
  return [
    feature({ type: "LineString", coordinates: outline }, { kind: "margin", band }),
    feature({ type: "Polygon", coordinates: [outline] }, { kind: "zone", level, label: name }),
  ];
}

/** @param {Lonlat[]} ring @returns {Lonlat[]} */
function closed(ring) {
  const [first] = ring;
  const last = ring.at(-1);
  const open = first && last && (first[0] !== last[0] || first[1] !== last[1]);
  return open ? [...ring, first] : ring;
}

/** @param {Position} party */
const accuracy = (party) => [
  feature(
    { type: "Polygon", coordinates: [circle(lonlat(party), party.accuracy_m)] },
    { kind: "accuracy" },
  ),
];

/** @param {Store} store @param {Position} party */
function trail(store, { order, role, unit }) {
  const points = (store.trails.get(`${order} ${unit}`) ?? []).map((mark) => mark.lonlat);
  if (points.length < 2) return [];
  return [
    feature({ type: "LineString", coordinates: points }, { kind: "trail", role }),
    feature({ type: "MultiPoint", coordinates: points.slice(0, -1) }, { kind: "trail" }),
  ];
}

/** @param {Position} offender @param {Position} victim @param {Order} order @param {Level} level */
function link(offender, victim, { distance_m }, level) {
  const coordinates = [lonlat(offender), lonlat(victim)];
  const middle = [(offender.lon + victim.lon) / 2, (offender.lat + victim.lat) / 2];
  return [
    feature({ type: "LineString", coordinates }, { kind: "link", level }),
    feature({ type: "Point", coordinates: middle }, { kind: "distance", label: distance(distance_m) }),
  ];
}
