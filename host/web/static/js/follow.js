// Keeps what matters in view until its reader moves the map, and again when asked to.

/** @import { Map as Maplibre } from "maplibre-gl" */
/** @import { Box } from "./geo.js" */

const PADDING_PX = 70;
const MAX_ZOOM = 16.5;
const MOVE_MS = 700;
const TOO_SMALL = 0.45; // of the view: then it is worth coming nearer

export class Follow {
  #map;
  #onChange;
  paused = false;

  /** @param {Maplibre} map @param {() => void} onChange */
  constructor(map, onChange) {
    this.#map = map;
    this.#onChange = onChange;
    map.on("movestart", (event) => event.originalEvent && this.pause());
  }

  pause() {
    if (this.paused) return;
    this.paused = true;
    this.#onChange();
  }

  /** @param {Box | null} box */
  resume(box) {
    this.paused = false;
    this.#onChange();
    if (box) this.#fit(box, MOVE_MS);
  }

  /** Shows `box` when it has left the view or has become small in it. @param {Box | null} box */
  keep(box) {
    if (!box || this.paused || this.#map.isMoving() || this.#sees(box)) return;
    this.#fit(box, MOVE_MS);
  }

  /** Shows `box` at once. @param {Box | null} box */
  jump(box) {
    if (box) this.#fit(box, 0);
  }

  /** @param {Box} box */
  #sees([west, south, east, north]) {
    const { clientHeight, clientWidth } = this.#map.getContainer();
    const low = this.#map.project([west, south]);
    const high = this.#map.project([east, north]);
    const edge = PADDING_PX / 2;
    const inside =
      low.x >= edge &&
      high.x <= clientWidth - edge &&
      high.y >= edge &&
      low.y <= clientHeight - edge;
    const share = Math.max((high.x - low.x) / clientWidth, (low.y - high.y) / clientHeight);
    return inside && (share >= TOO_SMALL || this.#map.getZoom() >= MAX_ZOOM - 0.1);
  }

  /** @param {Box} box @param {number} duration */
  #fit(box, duration) {
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.#map.fitBounds(box, {
      padding: PADDING_PX,
      maxZoom: MAX_ZOOM,
      duration: still ? 0 : duration,
    });
  }
}
