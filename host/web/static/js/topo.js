// Reads TopoJSON (a GeoJSON whose polygons share their borders as "arcs").

/** @import { Lonlat } from "./types.js" */

/**
 * @typedef {{ type: string, arcs: any, properties: Record<string, string> }} Geometry
 * @typedef {{ arcs: Lonlat[][], transform: { scale: Lonlat, translate: Lonlat },
 *   objects: Record<string, { geometries: Geometry[] }> }} Topology
 */

/**
 * The polygons of one object of a topology.
 * @param {Topology} topology
 * @param {string} object
 * @returns {{ properties: Record<string, string>, polygons: Lonlat[][][] }[]}
 */
export function areas({ arcs, objects, transform }, object) {
  const lines = arcs.map((arc) => unpack(arc, transform));
  // Arc ~n is arc n backwards; where arcs join, the point they share is there twice.
  /** @param {number[]} parts @returns {Lonlat[]} */
  const ring = (parts) =>
    parts.flatMap((part, i) => {
      const line = part < 0 ? [...(lines[~part] ?? [])].reverse() : (lines[part] ?? []);
      return i ? line.slice(1) : line;
    });
  return (objects[object]?.geometries ?? []).map(({ arcs: parts, properties, type }) => {
    /** @type {number[][][]} */
    const polygons = type === "MultiPolygon" ? parts : type === "Polygon" ? [parts] : [];
    return { properties, polygons: polygons.map((rings) => rings.map(ring)) };
  });
}

/** Differences of whole numbers become degrees. @param {Lonlat[]} arc @param {Topology["transform"]} to */
function unpack(arc, { scale, translate }) {
  let [x, y] = [0, 0];
  return arc.map(([dx, dy]) => {
    x += dx;
    y += dy;
    return /** @type {Lonlat} */ ([x * scale[0] + translate[0], y * scale[1] + translate[1]]);
  });
}
