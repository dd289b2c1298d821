// The map underneath: outlines that come with the host, and lines of latitude and longitude.

/** @import { Feature, FeatureCollection } from "geojson" */
/** @import { Map as Maplibre } from "maplibre-gl" */
/** @import { Lonlat } from "./types.js" */
import { graticule, namePoint } from "./geo.js";
import { t } from "./i18n.js";
import { areas } from "./topo.js";

const DEPARTMENTS = "/static/data/guatemala.topo.json";
const COUNTRIES = "/static/vendor/world-atlas/countries-50m.json";
// The outlines' source misspells this one.
/** @type {Record<string, string>} */
const SPELLING = { Quezaltenango: "Quetzaltenango" };

/** Features of the sources "countries" and "departments". */
export async function loadOutlines() {
  const [departments, countries] = await Promise.all([
    outlines(DEPARTMENTS, "gtm"),
    outlines(COUNTRIES, "countries"),
  ]);
  return { departments, countries };
}

/** @param {string} url @param {string} object @returns {Promise<Feature[]>} */
async function outlines(url, object) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return areas(await answer.json(), object).flatMap(({ polygons, properties }) => {
    const name = SPELLING[properties.name ?? ""] ?? properties.name ?? "";
    const largest = polygons.map(([outer = []]) => outer).sort((a, b) => b.length - a.length)[0];
    /** @type {Feature[]} */
    const features = [
      feature({ type: "MultiPolygon", coordinates: polygons }, {}),
      ...(largest ? [feature({ type: "Point", coordinates: namePoint(largest) }, { name })] : []),
    ];
    return features;
  });
}

/** Draws the lines that fit the present view into the source "graticule". @param {Maplibre} map */
export function drawGraticule(map) {
  const view = map.getBounds();
  const box = /** @type {[number, number, number, number]} */ (view.toArray().flat());
  const [west, south] = box;
  setData(
    map,
    "graticule",
    graticule(box).flatMap(({ at, axis, digits, lonlats }) => {
      /** @type {Lonlat} */
      const edge = axis === "lat" ? [west, at] : [at, south];
      return [
        feature({ type: "LineString", coordinates: lonlats }, {}),
        feature({ type: "Point", coordinates: edge }, { axis, label: degrees(at, axis, digits) }),
      ];
    }),
  );
}

/** @param {number} at @param {"lat" | "lon"} axis @param {number} digits */
function degrees(at, axis, digits) {
  const west = t("map.west");
  const side = axis === "lat" ? (at < 0 ? "S" : "N") : at < 0 ? west : "E";
  return `${Math.abs(at).toFixed(digits)}° ${side}`;
}

/** @param {import("geojson").Geometry} geometry @param {Record<string, unknown>} properties
 * @returns {Feature} */
export const feature = (geometry, properties) => ({ type: "Feature", geometry, properties });

/** @param {Maplibre} map @param {string} source @param {Feature[]} features */
export function setData(map, source, features) {
  /** @type {FeatureCollection} */
  const data = { type: "FeatureCollection", features };
  const found = map.getSource(source);
  /** @type {import("maplibre-gl").GeoJSONSource} */ (found).setData(data);
}
