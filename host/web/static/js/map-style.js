// How the map looks: sources, layers, and colours (quiet greys; only alarms have colour).

/** @import { LayerSpecification, StyleSpecification } from "maplibre-gl" */
import { LEVEL_COLOURS } from "./map-icons.js";

const FONT = ["system-ui", "sans-serif"]; // rendered from the machine's own: no glyph files
const WATER = "#0c0f13";
const LAND = "#171b21";
const QUIET = "#9aa5b1";
const MAX_ZOOM = 24;
/** Of the sizes below, which are meant for a laptop: a wall of screens has larger text. */
const SCALE = Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / 15;

/** Colour by the feature's level; `clear` for those of an order at rest. @param {string} clear @returns {any} */
const byLevel = (clear) => [
  "match",
  ["get", "level"],
  "pre_alert",
  LEVEL_COLOURS.pre_alert,
  "alert",
  LEVEL_COLOURS.alert,
  "breach",
  LEVEL_COLOURS.breach,
  clear,
];

/** @param {string} kind @returns {any} */
const only = (kind) => ["==", ["get", "kind"], kind];

/** @param {import("./types.js").Standing} of @returns {any} */
const standing = (of) => ["==", ["get", "standing"], of];

/** @param {string} id @param {string} source @param {string} colour @param {any} [more] @returns {LayerSpecification} */
const line = (id, source, colour, more = {}) => ({
  id,
  source,
  type: "line",
  ...more,
  paint: { "line-color": colour, "line-width": 1, ...more.paint },
});

/** @param {string} id @param {string} kind @param {any} paint @returns {LayerSpecification} */
const ring = (id, kind, paint) => ({
  id,
  source: "details",
  type: "line",
  filter: only(kind),
  paint: { "line-color": byLevel("#b8c2cd"), "line-width": 1.5, ...paint },
});

/** @param {string} id @param {string} source @param {any} layout @param {any} [more] @returns {LayerSpecification} */
const text = (id, source, layout, more = {}) => ({
  id,
  source,
  type: "symbol",
  ...more,
  layout: { "text-font": FONT, "text-size": 12 * SCALE, "text-field": ["get", "label"], ...layout },
  paint: { "text-color": QUIET, "text-halo-color": WATER, "text-halo-width": 1.5, ...more.paint },
});

/** @param {string} id @param {string} kind @param {any} paint @returns {LayerSpecification} */
const fill = (id, kind, paint) => ({
  id,
  source: "details",
  type: "fill",
  filter: only(kind),
  paint,
});

// A zone's margin is a line around it whose width is a length on the ground: it doubles with each
// level of zoom. It is opaque, because wide lines overlap themselves; `more` pixels make its edge.
/** @param {string} id @param {number} more @param {string} colour @returns {LayerSpecification} */
const margin = (id, more, colour) => ({
  id,
  source: "details",
  type: "line",
  filter: only("margin"),
  layout: { "line-join": "round", "line-cap": "round" },
  paint: {
    "line-color": colour,
    "line-width": [
      "interpolate",
      ["exponential", 2],
      ["zoom"],
      0,
      ["+", ["get", "band"], more],
      MAX_ZOOM,
      ["+", ["*", ["get", "band"], 2 ** MAX_ZOOM], more],
    ],
  },
});

/** @returns {LayerSpecification[]} */
const outlines = () => [
  { id: "water", type: "background", paint: { "background-color": WATER } },
  { id: "land", source: "countries", type: "fill", paint: { "fill-color": LAND } },
  margin("margin edges", 2, "#46515d"),
  margin("margins", 0, "#1e242c"),
  fill("zone ground", "zone", { "fill-color": "#1e242c" }),
  line("graticule", "graticule", "#262d36"),
  line("countries", "countries", "#4a5562"),
  line("departments", "departments", "#39434e", { paint: { "line-dasharray": [4, 2] } }),
  text(
    "department names",
    "departments",
    { "text-field": ["get", "name"], "text-transform": "uppercase", "text-letter-spacing": 0.1 },
    { minzoom: 6.5, paint: { "text-color": "#76818d" } },
  ),
  text("country names", "countries", { "text-field": ["get", "name"] }, { maxzoom: 6.5 }),
  text(
    "degrees",
    "graticule",
    {
      "text-size": 11 * SCALE,
      "text-anchor": ["match", ["get", "axis"], "lat", "left", "bottom"],
      "text-offset": ["match", ["get", "axis"], "lat", ["literal", [0.5, 0]], ["literal", [0, -0.5]]],
      "text-allow-overlap": true,
    },
  ),
];

/** @returns {LayerSpecification[]} */
const details = () => [
  fill("zones", "zone", { "fill-pattern": "hatch" }),
  ring("zone edges", "zone", {}),
  fill("accuracy", "accuracy", { "fill-color": "#dfe4ea", "fill-opacity": 0.15 }),
  fill("alert area", "alert", { "fill-color": byLevel("#dfe4ea"), "fill-opacity": 0.06 }),
  ring("pre-alert", "pre_alert", { "line-dasharray": [5, 4], "line-width": 1.25 }),
  ring("alert", "alert", { "line-width": 2.25 }),
  ring("contact", "contact", { "line-dasharray": [1, 2] }),
  line("trails", "details", "#9aa5b1", {
    filter: ["all", only("trail"), ["==", ["geometry-type"], "LineString"]],
    paint: { "line-width": 1.5, "line-opacity": 0.7 },
  }),
  {
    id: "trail marks",
    source: "details",
    type: "circle",
    filter: ["all", only("trail"), ["!=", ["geometry-type"], "LineString"]],
    paint: { "circle-radius": 2, "circle-color": "#9aa5b1" },
  },
  line("gaps held", "gaps", "#b8c2cd", {
    filter: standing("held"),
    paint: { "line-width": 2.5, "line-dasharray": [1, 1] },
  }),
  line("gaps", "gaps", LEVEL_COLOURS.alert, {
    filter: standing("alarm"),
    paint: { "line-width": 3 },
  }),
  text(
    "gap names",
    "gaps",
    { "symbol-placement": "line-center", "text-offset": [0, 1.1], "text-size": 12 * SCALE },
    { paint: { "text-color": ["match", ["get", "standing"], "alarm", LEVEL_COLOURS.alert, "#e8ecf1"] } },
  ),
  ring("link", "link", { "line-dasharray": [2, 3], "line-width": 1 }),
  text(
    "ring names",
    "details",
    { "symbol-placement": "line", "symbol-spacing": 600, "text-size": 12 * SCALE, "text-offset": [0, -0.8] },
    { filter: ["all", ["has", "label"], ["!", only("distance")]], paint: { "text-color": "#b8c2cd" } },
  ),
  text(
    "distances",
    "details",
    { "text-anchor": "left", "text-offset": [0.8, 0], "text-size": 13 * SCALE, "text-allow-overlap": true },
    {
      filter: only("distance"),
      paint: { "text-color": "#e8ecf1", "text-halo-width": 4 }, // the line that it stands on
    },
  ),
];

/** @returns {LayerSpecification[]} */
const parties = () => [
  text(
    "parties",
    "parties",
    {
      "icon-image": ["get", "icon"],
      "icon-size": SCALE,
      "icon-allow-overlap": true,
      "text-anchor": "top",
      "text-offset": [0, 1.3],
      "text-size": 13 * SCALE,
      "text-optional": true,
    },
    { paint: { "text-color": "#e8ecf1", "icon-opacity": ["case", ["get", "named"], 1, 0.6] } },
  ),
];

/** @param {string} [promoteId] @returns {import("maplibre-gl").SourceSpecification} */
const source = (promoteId) => ({
  type: "geojson",
  data: { type: "FeatureCollection", features: [] },
  ...(promoteId ? { promoteId } : {}),
});

/** @returns {StyleSpecification} */
export const style = () => ({
  version: 8,
  sources: {
    countries: source(),
    departments: source(),
    graticule: source(),
    details: source(),
    gaps: source("key"),
    parties: source("key"),
  },
  layers: [...outlines(), ...details(), ...parties()],
});
