// The browser's one line to the centre: a shared worker passes what comes on to every page, so that
// many pages hold one of the six connections that a browser has for a host, and not all of them.

/** @import { Said } from "./types.js" */

const LIFE = ["snapshot", "heartbeat"]; // other events may come out of a buffer
const TYPES = [...LIFE, "position", "order", "incident", "delivery", "unit", "counters"];
const SILENT_AFTER_MS = 12_000; // heartbeats come every 5 s: two are missing
const AGAIN_AFTER_MS = 2_000;

const pages = new BroadcastChannel("resguardo.line");
/** @type {EventSource | null} */
let source = null;
let seen = 0; // number of the last event
let openedAt = 0;
let heardAt = 0;

// A page that has come, and one that hears nothing, says what number it has seen. Where its reader
// may see something else from now on, the line is opened anew.
addEventListener("connect", (event) => {
  const [port] = /** @type {MessageEvent} */ (event).ports;
  /** @type {MessagePort} */ (port).onmessage = ({ data }) => {
    if (source && data.anew) return open();
    if (source) return pass("reached", seen, "{}"); // whoever has seen less has missed something
    seen = data.seen;
    open();
    setInterval(watch, 1000);
  };
});

function open() {
  source?.close();
  openedAt = performance.now();
  source = new EventSource(`/api/v1/events?after=${seen}`);
  for (const type of TYPES)
    source.addEventListener(type, ({ data, lastEventId }) => {
      if (LIFE.includes(type)) heardAt = performance.now();
      pass(type, Number(lastEventId), data);
    });
}

/** @param {string} type @param {number} id @param {string} text */
function pass(type, id, text) {
  /** @type {Said} */
  const said = { type, prev: seen, id, text };
  seen = id;
  pages.postMessage(said);
}

function watch() {
  const now = performance.now();
  const closed = source?.readyState === EventSource.CLOSED && now - openedAt > AGAIN_AFTER_MS;
  const silent = now - Math.max(heardAt, openedAt) > SILENT_AFTER_MS;
  if (closed || silent) open();
}
