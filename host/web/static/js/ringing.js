// What sounds at this page: the alarms that wait, but for those that were silenced here.

/** @import { Incident, Level } from "./types.js" */
import { isWaiting } from "./ranking.js";

/** @typedef {{ level: Level, priority: 1 | 2 | 3, silenced: boolean }} Ring */

/** Each alarm is looked at when it changes, and the others not at all. */
export class Ringing {
  /** @type {Map<string, Ring>} of each alarm that waits */ #rings = new Map();
  /** How many sound, by priority. */
  #loud = [0, 0, 0, 0];

  /** Takes an alarm as it is now. Returns whether it is to be announced, because it has come or is
   * at another level; it then sounds, whatever was silenced before.
   * @param {string} name @param {Incident | undefined} incident undefined when it is over */
  take(name, incident) {
    const before = this.#rings.get(name);
    this.#count(before, -1);
    this.#rings.delete(name);
    if (!incident || !isWaiting(incident)) return false;
    const { level, priority } = incident;
    const fresh = before?.level !== level;
    const ring = { level, priority, silenced: !fresh && before.silenced };
    this.#rings.set(name, ring);
    this.#count(ring, 1);
    return fresh;
  }

  /** Silences what sounds now. */
  silence() {
    for (const ring of this.#rings.values()) ring.silenced = true;
    this.#loud.fill(0);
  }

  /** @param {string} name */
  isSilenced(name) {
    return this.#rings.get(name)?.silenced ?? false;
  }

  /** The highest priority that sounds, or "". */
  get pattern() {
    const loudest = this.#loud.findIndex((n) => n > 0);
    return loudest < 0 ? "" : String(loudest);
  }

  /** @param {Ring | undefined} ring @param {1 | -1} by */
  #count(ring, by) {
    if (ring && !ring.silenced) this.#loud[ring.priority] = (this.#loud[ring.priority] ?? 0) + by;
  }
}
