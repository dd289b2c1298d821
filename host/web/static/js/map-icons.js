// Markers and hatching, drawn by the page itself: a diamond for the offender, a ringed disc for
// the victim; filled while the position is fresh, hollow when it is old.

/** @import { Map as Maplibre } from "maplibre-gl" */
/** @import { Level, Role } from "./types.js" */

const SCALE = 2;
const SIZE = 30;
const GROUND = "#0c0f13";

/** @type {Record<Level, string>} only alarms have colour */
export const LEVEL_COLOURS = {
  clear: "#dfe4ea",
  pre_alert: "#ffe066",
  alert: "#ffa940",
  breach: "#ff6b61",
};

/** Adds every marker as "<role> <solid|hollow> <level>", and "hatch". @param {Maplibre} map */
export function addIcons(map) {
  for (const [level, colour] of Object.entries(LEVEL_COLOURS))
    for (const role of /** @type {Role[]} */ (["offender", "victim"]))
      for (const look of ["solid", "hollow"])
        map.addImage(
          `${role} ${look} ${level}`,
          draw(SIZE, (pen) => party(pen, role, look === "solid", colour)),
          { pixelRatio: SCALE },
        );
  map.addImage("hatch", draw(8, hatch), { pixelRatio: SCALE });
}

/** @param {number} size @param {(pen: CanvasRenderingContext2D) => void} how */
function draw(size, how) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = size * SCALE;
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  pen.scale(SCALE, SCALE);
  how(pen);
  return pen.getImageData(0, 0, canvas.width, canvas.height);
}

/** @param {CanvasRenderingContext2D} pen @param {Role} role @param {boolean} solid @param {string} colour */
function party(pen, role, solid, colour) {
  const middle = SIZE / 2;
  const outline = new Path2D();
  if (role === "offender") {
    for (const [x, y] of [[0, -11], [11, 0], [0, 11], [-11, 0]])
      outline.lineTo(middle + (x ?? 0), middle + (y ?? 0));
    outline.closePath();
  } else {
    outline.arc(middle, middle, 7.5, 0, 2 * Math.PI);
  }
  pen.lineJoin = "round";
  stroke(pen, outline, GROUND, 6);
  pen.fillStyle = solid ? colour : GROUND;
  pen.fill(outline);
  stroke(pen, outline, colour, 2.5);
  if (role === "victim") {
    const ring = new Path2D();
    ring.arc(middle, middle, 12, 0, 2 * Math.PI);
    stroke(pen, ring, GROUND, 4);
    stroke(pen, ring, colour, 2);
  }
}

/** @param {CanvasRenderingContext2D} pen @param {Path2D} path @param {string} colour @param {number} width */
function stroke(pen, path, colour, width) {
  pen.strokeStyle = colour;
  pen.lineWidth = width;
  pen.stroke(path);
}

/** @param {CanvasRenderingContext2D} pen */
function hatch(pen) {
  pen.strokeStyle = "rgb(200 208 218 / 35%)";
  pen.lineWidth = 1;
  for (const shift of [-8, 0, 8]) {
    pen.moveTo(shift - 1, 9);
    pen.lineTo(shift + 9, -1);
  }
  pen.stroke();
}
