// The line to the centre: server-sent events, resumed by number, watched for silence.

/** @import { Store } from "./store.js" */

const TYPES = ["position", "order", "incident", "delivery", "unit", "counters", "heartbeat"];
const SILENT_AFTER_MS = 12_000; // heartbeats come every 5 s: two are missing
const AGAIN_AFTER_MS = 2_000;

/** Feeds `store` from /api/events. "news": something came, or a second has passed. */
export class Stream extends EventTarget {
  #store;
  /** @type {EventSource | null} */ #source = null;
  #heardAt = performance.now();
  #openedAt = 0;
  /** False before the first snapshot and while the line is silent. */
  live = false;
  /** Whether a snapshot ever came. */
  begun = false;

  /** @param {Store} store */
  constructor(store) {
    super();
    this.#store = store;
  }

  start() {
    this.#open();
    setInterval(() => this.#watch(), 1000);
  }

  /** Whether the centre has been silent for so long that the page must not be trusted. */
  get stopped() {
    return !this.live && this.silence > SILENT_AFTER_MS;
  }

  /** How long nothing was heard, in milliseconds of this machine's time. */
  get silence() {
    return performance.now() - this.#heardAt;
  }

  #open() {
    this.#source?.close();
    this.#openedAt = performance.now();
    const source = new EventSource(`/api/events${this.begun ? `?after=${this.#store.seen}` : ""}`);
    source.addEventListener("snapshot", (event) => {
      this.#store.replace(JSON.parse(event.data));
      this.begun = true;
      this.#heard();
    });
    for (const type of TYPES) {
      source.addEventListener(type, (event) => {
        this.#store.apply(type, JSON.parse(event.data));
        if (type === "heartbeat") this.#heard();
        else this.dispatchEvent(new Event("news"));
      });
    }
    this.#source = source;
  }

  // Only snapshots and heartbeats count as life: other events may come out of a buffer.
  #heard() {
    this.#heardAt = performance.now();
    this.live = true;
    this.dispatchEvent(new Event("news"));
  }

  #watch() {
    if (this.silence > SILENT_AFTER_MS) this.live = false;
    this.dispatchEvent(new Event("news"));
    const waited = performance.now() - this.#openedAt;
    const closed = this.#source?.readyState === EventSource.CLOSED;
    const dead = !this.live && waited > SILENT_AFTER_MS;
    if ((closed && waited > AGAIN_AFTER_MS) || dead) this.#open();
  }
}
