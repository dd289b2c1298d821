// Geometry for drawing only, on a sphere: at most 0.3 % from the ellipsoid that the host uses.

/** @import { Lonlat } from "./types.js" */

const EARTH_M = 6_371_008.8; // mean radius (IUGG)
const EQUATOR_M = 40_075_016.686;
const TILE_PX = 512;
const DEGREE = Math.PI / 180;
const CORNERS = 72;
const STEPS = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20];

/** West, south, east, north, in degrees. @typedef {[number, number, number, number]} Box */

/** A circle as a closed ring. @param {Lonlat} centre @param {number} radius_m @returns {Lonlat[]} */
export function circle([lon, lat], radius_m) {
  const angle = radius_m / EARTH_M;
  const [sin, cos] = [Math.sin(lat * DEGREE), Math.cos(lat * DEGREE)];
  return Array.from({ length: CORNERS + 1 }, (_, corner) => {
    const course = (2 * Math.PI * (corner % CORNERS)) / CORNERS;
    const sinLat = sin * Math.cos(angle) + cos * Math.sin(angle) * Math.cos(course);
    const east = Math.sin(course) * Math.sin(angle) * cos;
    const turn = Math.atan2(east, Math.cos(angle) - sin * sinLat);
    return [lon + turn / DEGREE, Math.asin(sinLat) / DEGREE];
  });
}

/** Width in pixels at zoom 0 of a length on the ground. @param {number} metres @param {number} lat */
export const pixelsAtZoom0 = (metres, lat) =>
  (metres * TILE_PX) / (EQUATOR_M * Math.cos(lat * DEGREE));

/** The box around points, or null when there are none. @param {Lonlat[]} points @returns {Box | null} */
export function boxOf(points) {
  if (!points.length) return null;
  /** @type {Box} */
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  // One by one: a call takes no hundred thousand arguments.
  for (const [lon, lat] of points) {
    box[0] = Math.min(box[0], lon);
    box[1] = Math.min(box[1], lat);
    box[2] = Math.max(box[2], lon);
    box[3] = Math.max(box[3], lat);
  }
  return box;
}

/** A point inside a ring, for its name: the middle of its widest span at middle height.
 * @param {Lonlat[]} ring @returns {Lonlat} */
export function namePoint(ring) {
  const [, south, , north] = /** @type {Box} */ (boxOf(ring));
  const lat = (south + north) / 2;
  /** @type {number[]} */
  const crossings = [];
  ring.forEach(([lon, y], i) => {
    const [nextLon, nextY] = ring[(i + 1) % ring.length] ?? [lon, y];
    if (y > lat !== nextY > lat) crossings.push(lon + ((lat - y) / (nextY - y)) * (nextLon - lon));
  });
  crossings.sort((a, b) => a - b);
  let best = [0, 0];
  for (let i = 0; i + 1 < crossings.length; i += 2) {
    const span = [crossings[i] ?? 0, crossings[i + 1] ?? 0];
    if (width(span) >= width(best)) best = span;
  }
  return [((best[0] ?? 0) + (best[1] ?? 0)) / 2, lat];
}

/** @param {number[]} span */
const width = ([from = 0, to = 0]) => to - from;

/**
 * Lines of latitude and longitude that fit a view, about five each way.
 * @param {Box} box
 * @returns {{ at: number, lonlats: [Lonlat, Lonlat], axis: "lat" | "lon", digits: number }[]}
 */
export function graticule([west, south, east, north]) {
  const wanted = Math.max(east - west, north - south) / 5;
  const step = STEPS.find((size) => size >= wanted) ?? 20;
  const digits = Math.max(0, Math.ceil(-Math.log10(step)));
  /** @param {number} from @param {number} to */
  const ticks = (from, to) =>
    Array.from(
      { length: Math.max(0, Math.floor(to / step) - Math.ceil(from / step) + 1) },
      (_, i) => (Math.ceil(from / step) + i) * step,
    );
  return [
    ...ticks(south, north).map((at) => {
      /** @type {[Lonlat, Lonlat]} */
      const lonlats = [[west, at], [east, at]];
      return { at, lonlats, axis: /** @type {const} */ ("lat"), digits };
    }),
    ...ticks(west, east).map((at) => {
      /** @type {[Lonlat, Lonlat]} */
      const lonlats = [[at, south], [at, north]];
      return { at, lonlats, axis: /** @type {const} */ ("lon"), digits };
    }),
  ];
}
