// What comes from the centre: a snapshot first, then each event that the browser's line brings.

/** @import { Said, Snapshot } from "./types.js" */
/** @import { Store } from "./store.js" */

const LINE = "/static/js/line.js";
const ASK_LINE_AFTER_MS = 7_000; // heartbeats come every 5 s: one is missing
const SILENT_AFTER_MS = 12_000; // two are
const AGAIN_AFTER_MS = 2_000;
const SNAPSHOT_WITHIN_MS = 60_000; // that of 50,000 orders takes seconds

/** Feeds `store`, which misses no event. "news": something came, or a second has passed. */
export class Stream extends EventTarget {
  #store;
  #line = new BroadcastChannel("resguardo.line");
  /** Whether a snapshot is needed: at first, and once an event was missed. */
  #behind = true;
  #askedAt = 0;
  /** @type {Said[] | null} what is said while a snapshot is on its way */ #meanwhile = null;
  #heardAt = performance.now();
  /** False before the first snapshot and while the centre is silent. */
  live = false;
  /** Whether a snapshot ever came. */
  begun = false;

  /** @param {Store} store */
  constructor(store) {
    super();
    this.#store = store;
  }

  start() {
    this.#line.onmessage = ({ data }) => this.#take(data);
    void this.#catchUp();
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

  /** @param {Said} said */
  #take(said) {
    const { id, prev, text, type } = said;
    const { seen } = this.#store;
    if (type === "snapshot") return this.#replace(JSON.parse(text), []);
    if (id <= seen) return;
    if (prev > seen) {
      this.#behind = true;
      void this.#catchUp();
    }
    this.#meanwhile?.push(said);
    if (!this.begun) return;
    this.#store.apply(type, JSON.parse(text));
    if (type === "heartbeat") this.#heard();
    else this.dispatchEvent(new Event("news"));
  }

  async #catchUp() {
    if (this.#meanwhile) return;
    /** @type {Said[]} */
    const meanwhile = (this.#meanwhile = []);
    const { seen } = this.#store;
    this.#askedAt = performance.now();
    const snapshot = await takeSnapshot();
    if (this.#meanwhile !== meanwhile) return; // the line brought one
    this.#meanwhile = null;
    if (snapshot && snapshot.id >= seen) this.#replace(snapshot, meanwhile);
  }

  /** @param {Snapshot} snapshot @param {Said[]} since some of it may be in the snapshot already */
  #replace(snapshot, since) {
    this.#store.replace(snapshot);
    this.#behind = false;
    this.#meanwhile = null;
    if (!this.begun) this.#callLine();
    this.begun = true;
    for (const said of since) this.#take(said);
    this.#heard();
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
    if (this.#behind && performance.now() - this.#askedAt > AGAIN_AFTER_MS) void this.#catchUp();
    if (this.begun && this.silence > ASK_LINE_AFTER_MS) this.#callLine();
  }

  /** Takes all of it anew: what its reader may see has changed. */
  beginAnew() {
    this.#meanwhile = null;
    this.#behind = true;
    this.#callLine(true);
    void this.#catchUp();
  }

  /** Begins the line where there is none, or none any more; or anew in any case. */
  #callLine(anew = false) {
    const { seen } = this.#store;
    new SharedWorker(LINE, { type: "module" }).port.postMessage({ seen, anew });
  }
}

/** @returns {Promise<Snapshot | null>} null when none can be had */
async function takeSnapshot() {
  try {
    const answer = await fetch("/api/v1/snapshot", { signal: AbortSignal.timeout(SNAPSHOT_WITHIN_MS) });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null; // it is asked for again, and the page says how long nothing was heard
  }
}
