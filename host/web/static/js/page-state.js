// The state of this page: what its operator has selected, silenced and done. There is one.

/** @import { Delivery, Incident, Session, Verb } from "./types.js" */
import { ask, whoIsHere } from "./api.js";
import { switchLanguage, t } from "./i18n.js";
import { isWaiting } from "./ranking.js";
import { Ringing } from "./ringing.js";
import { Sound } from "./sound.js";
import { Store } from "./store.js";
import { Stream } from "./stream.js";

const DRAW_AFTER_MS = 50; // events of one burst are shown together
const NOTICE_MS = 8_000;
const LOOK_AGAIN_MS = 30_000; // at whether the session still holds
const AIM_MS = 500; // a key pressed so soon was meant for what was selected before

/**
 * "change": something to be drawn anew. Two CustomEvents: "alarm", with { incident, others }, the
 * most urgent to announce, and how many more; "ask", with { verb, id }, an act that needs more words.
 */
class PageState extends EventTarget {
  store = new Store();
  stream = new Stream(this.store);
  sound = new Sound();
  /** The selected order and, of its incidents, the selected one. */
  order = "";
  incident = "";
  /** What went wrong with the last action. */
  notice = "";
  /** @type {Session | null} who is logged in; null before that is known, and once it is over */
  session = null;
  /** Whether the session has ended while the page was open. */
  over = false;
  /** Keys without a modifier can be turned off (WCAG 2.1.4). */
  keys = localStorage.getItem("resguardo.keys") !== "off";
  #ringing = new Ringing();
  /** @type {Set<string>} alarms to be announced */ #fresh = new Set();
  /** Whether the sound of a line that has stopped was turned off here. */
  #lineSilenced = false;
  /** @type {Set<string>} what something is being done about */
  #pending = new Set();
  #drawing = false;
  #takenAt = -AIM_MS;
  /** Pages of this browser are of one session: what one does to it the others look at. */
  #others = new BroadcastChannel("resguardo.session");

  async start() {
    const session = await whoIsHere();
    if (session === null || session?.lacks) return location.assign("/login");
    this.session = session ?? null;
    this.stream.addEventListener("news", () => this.#news());
    this.sound.addEventListener("change", () => this.changed());
    this.#others.onmessage = () => void this.#lookAgain();
    setInterval(() => void this.#lookAgain(), LOOK_AGAIN_MS);
    this.stream.start();
    this.changed();
  }

  /** Whether nothing is shown but that alarms sound. */
  get locked() {
    return this.over || !!this.session?.locked;
  }

  /** Shows nothing any more until the password is given. */
  async lock() {
    if (this.session?.present || this.locked) return;
    const answer = await ask("POST", "/session/lock");
    if (!answer.ok) return this.#say(answer.why);
    this.#others.postMessage("changed");
    this.#take(answer.body);
  }

  /** Returns why not, or "". @param {string} password */
  async unlock(password) {
    const answer = await ask("POST", "/session/unlock", { password });
    if (answer.status === 401) this.#take(null);
    if (!answer.ok) return answer.why;
    this.#others.postMessage("changed");
    this.#take(answer.body);
    return "";
  }

  async logOut() {
    await ask("DELETE", "/session");
    this.#others.postMessage("changed");
    location.assign("/login");
  }

  async #lookAgain() {
    const session = await whoIsHere();
    if (session !== undefined) this.#take(session);
  }

  /** What is seen depends on it: all of it is asked for anew. @param {Session | null} session */
  #take(session) {
    const before = this.locked;
    const other = session?.account !== this.session?.account || session?.role !== this.session?.role;
    this.over = session === null || !!session.lacks;
    this.session = session ?? this.session;
    if (this.locked && !before) this.store.forgetAllButAlarms();
    if (before !== this.locked || other) this.stream.beginAnew();
    this.changed();
  }

  /** Shows what changed, soon and once for a whole burst. */
  changed() {
    if (this.#drawing) return;
    this.#drawing = true;
    setTimeout(() => {
      this.#selectSomething(this.#announceFresh());
      this.#drawing = false;
      this.dispatchEvent(new Event("change"));
    }, DRAW_AFTER_MS);
  }

  /** Selects an order, and the most urgent of its alarms. @param {string} order */
  select(order) {
    this.order = order;
    this.incident = this.store.incidentsOf(order)[0]?.incident ?? "";
    this.changed();
  }

  /** Selects an alarm, and its order. @param {Incident} alarm */
  selectAlarm({ incident, order }) {
    this.order = order ?? "";
    this.incident = incident;
    this.#takenAt = -AIM_MS;
    this.changed();
  }

  /** Selects the queue's next or previous alarm. @param {1 | -1} step */
  move(step) {
    const { names } = this.store.queue;
    const at = this.store.queue.indexOf(this.incident);
    const next = names[at < 0 ? 0 : Math.min(names.length - 1, Math.max(0, at + step))];
    const alarm = this.store.incidents.get(next ?? "");
    if (alarm) this.selectAlarm(alarm);
  }

  /** Selects the most urgent alarm that waits. */
  next() {
    const first = this.#firstWaiting();
    if (first) this.selectAlarm(first);
  }

  /** Stops the sound of what sounds now, here: what comes later sounds again. */
  silence() {
    this.#ringing.silence();
    this.#lineSilenced = this.stream.stopped;
    this.#news();
  }

  /** Whether the sound of an alarm was turned off here. @param {Incident} incident */
  isSilenced({ incident }) {
    return this.#ringing.isSilenced(incident);
  }

  /** The calls to be made for the selected order, the selected alarm's first, then the oldest. */
  calls() {
    /** @param {Delivery} call */
    const rank = ({ at, incident }) => `${incident === this.incident ? 0 : 1} ${at}`;
    return this.store
      .deliveriesOf(this.order)
      .filter(({ verbs }) => verbs.includes("call"))
      .sort((one, other) => (rank(one) < rank(other) ? -1 : 1));
  }

  /** What the centre last said of an incident or a delivery. @param {string} id */
  thing(id) {
    return this.store.incidents.get(id) ?? this.store.deliveries.get(id);
  }

  /** Whether an operator may do that now. @param {Verb} verb @param {string} id */
  can(verb, id = this.#subject(verb)) {
    return !!this.thing(id)?.verbs.includes(verb) && !this.#pending.has(id);
  }

  /** Does it, or asks for the words that it needs. @param {Verb} verb @param {string} id */
  async begin(verb, id = this.#subject(verb)) {
    if (!this.can(verb, id) || performance.now() - this.#takenAt < AIM_MS) return;
    if (verb === "acknowledge" || verb === "resume") this.#say(await this.act(verb, id));
    else this.dispatchEvent(new CustomEvent("ask", { detail: { verb, id } }));
  }

  /**
   * Has the centre do something. Returns why it did not, or "".
   * @param {Verb} verb
   * @param {string} id
   * @param {{ reason?: string, minutes?: number, reached?: boolean }} how
   */
  async act(verb, id, how = {}) {
    const [path, kind] = verb === "call" ? ["deliveries", "delivery"] : ["incidents", "incident"];
    this.#pending.add(id);
    this.changed();
    try {
      const once = { "Idempotency-Key": crypto.randomUUID() };
      const answer = await ask("POST", `/${path}/${encodeURIComponent(id)}/${verb}`, how, once);
      if (!answer.ok) return answer.status ? t("act.refused", { why: answer.why }) : answer.why;
      this.store.apply(kind, { ...answer.body, id: undefined });
      return "";
    } finally {
      this.#pending.delete(id);
      this.#news();
    }
  }

  switchLanguage() {
    switchLanguage();
    this.changed();
  }

  /** @param {boolean} on */
  setKeys(on) {
    this.keys = on;
    localStorage.setItem("resguardo.keys", on ? "on" : "off");
    this.changed();
  }

  /** @param {string} notice */
  #say(notice) {
    if (!notice) return;
    this.notice = notice;
    setTimeout(() => {
      if (this.notice === notice) this.notice = "";
      this.changed();
    }, NOTICE_MS);
  }

  /** What an act is about unless it is said. @param {Verb} verb */
  #subject(verb) {
    return verb === "call" ? (this.calls()[0]?.delivery ?? "") : this.incident;
  }

  // The sound does not wait to be drawn: browsers slow the timers of hidden pages.
  #news() {
    const { incidents, touched } = this.store;
    for (const name of touched)
      if (this.#ringing.take(name, incidents.get(name))) this.#fresh.add(name);
    touched.clear();
    this.#lineSilenced &&= this.stream.stopped;
    const silent = !this.stream.stopped || this.#lineSilenced;
    this.sound.play(this.#ringing.pattern || (silent ? "" : "line"));
    this.changed();
  }

  /** Returns the most urgent. */
  #announceFresh() {
    const { incidents, queue } = this.store;
    const places = [...this.#fresh].map((name) => queue.indexOf(name)).filter((at) => at >= 0);
    this.#fresh.clear();
    const incident = incidents.get(queue.names[Math.min(...places)] ?? "");
    const detail = { incident, others: places.length - 1 };
    if (incident) this.dispatchEvent(new CustomEvent("alarm", { detail }));
    return incident;
  }

  #firstWaiting() {
    const { incidents, queue, waiting } = this.store;
    return waiting ? incidents.get(queue.names[0] ?? "") : undefined;
  }

  // A new alarm is selected unless the operator is at one that still waits. Where the selected one
  // is over, the most urgent that waits takes its place.
  /** @param {Incident | undefined} fresh the most urgent */
  #selectSomething(fresh) {
    const before = this.incident;
    const selected = this.store.incidents.get(before);
    const first = before && !selected ? this.#firstWaiting() : fresh;
    if (!selected) this.incident = "";
    if (this.order && !this.store.orders.has(this.order)) this.order = "";
    if (first && !(selected && isWaiting(selected))) {
      this.selectAlarm(first);
      if (before) this.#takenAt = performance.now();
    }
    const [only] = this.store.orders.keys();
    if (!this.order && !this.incident && only && this.store.orders.size === 1) this.select(only);
  }
}

export const page = new PageState();
