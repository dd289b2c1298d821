// The state of this page: what its operator has selected, silenced and done. There is one.

/** @import { Delivery, Incident, Verb } from "./types.js" */
import { has, switchLanguage, t } from "./i18n.js";
import { Sound } from "./sound.js";
import { Store } from "./store.js";
import { Stream } from "./stream.js";

const STATE_RANK = [
  "unacknowledged",
  "returned_unacknowledged",
  "acknowledged",
  "shelved",
  "suppressed",
  "out_of_service",
];
const DRAW_AFTER_MS = 50; // events of one burst are shown together
const NOTICE_MS = 8_000;
const AIM_MS = 500; // a key pressed so soon was meant for what was selected before

/**
 * "change": something to be drawn anew. Two CustomEvents: "alarm", with an incident to announce;
 * "ask", with { verb, id }, an act that needs more words.
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
  operator = localStorage.getItem("resguardo.operator") ?? t("operator.default");
  /** Keys without a modifier can be turned off (WCAG 2.1.4). */
  keys = localStorage.getItem("resguardo.keys") !== "off";
  /** @type {Set<string>} what was silenced here: incident and level, or the line */
  #silenced = new Set();
  /** @type {Set<string>} what was announced already */
  #announced = new Set();
  /** @type {Set<string>} what something is being done about */
  #pending = new Set();
  #drawing = false;
  #takenAt = -AIM_MS;

  start() {
    const news = () => this.#news();
    this.stream.addEventListener("news", news);
    this.sound.addEventListener("change", news);
    this.stream.start();
  }

  /** Shows what changed, soon and once for a whole burst. */
  changed() {
    if (this.#drawing) return;
    this.#drawing = true;
    setTimeout(() => {
      this.#drawing = false;
      this.dispatchEvent(new Event("change"));
    }, DRAW_AFTER_MS);
  }

  /** The queue: what must be acknowledged first, then by priority, then the oldest. */
  queue() {
    /** @param {Incident} incident */
    const rank = ({ state, priority, opened }) =>
      `${STATE_RANK.indexOf(state)} ${priority} ${opened}`;
    const order = new Intl.Collator("en").compare;
    return [...this.store.incidents.values()].sort((a, b) => order(rank(a), rank(b)));
  }

  /** Alarms that nobody has acknowledged, most urgent first. */
  waiting() {
    return this.queue().filter(isWaiting);
  }

  /** Selects an order, and the most urgent of its alarms. @param {string} order */
  select(order) {
    this.order = order;
    this.incident = this.queue().find((of) => of.order === order)?.incident ?? "";
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
    const queue = this.queue();
    const at = queue.findIndex(({ incident }) => incident === this.incident);
    const next = queue[at < 0 ? 0 : Math.min(queue.length - 1, Math.max(0, at + step))];
    if (next) this.selectAlarm(next);
  }

  /** Selects the most urgent alarm that waits. */
  next() {
    const [first] = this.waiting();
    if (first) this.selectAlarm(first);
  }

  /** Stops the sound of what sounds now, here: what comes later sounds again. */
  silence() {
    for (const incident of this.waiting()) this.#silenced.add(soundOf(incident));
    if (this.stream.stopped) this.#silenced.add("line");
    this.#news();
  }

  /** Whether the sound of an alarm was turned off here. @param {Incident} incident */
  isSilenced(incident) {
    return this.#silenced.has(soundOf(incident));
  }

  /** The calls to be made for the selected order, the selected alarm's first, then the oldest. */
  calls() {
    /** @param {Delivery} call */
    const rank = ({ at, incident }) => `${incident === this.incident ? 0 : 1} ${at}`;
    return [...this.store.deliveries.values()]
      .filter(({ order, verbs }) => order === this.order && verbs.includes("call"))
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
      const answer = await fetch(`/api/${path}/${encodeURIComponent(id)}/${verb}`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ operator: this.operator, ...how }),
        signal: AbortSignal.timeout(10_000),
      });
      const body = await answer.json();
      if (!answer.ok) return t("act.refused", { why: refusalText(body) });
      this.store.apply(kind, { ...body, id: undefined });
      return "";
    } catch (error) {
      return t("act.failed", { why: String(error) });
    } finally {
      this.#pending.delete(id);
      this.#news();
    }
  }

  switchLanguage() {
    switchLanguage();
    this.changed();
  }

  /** @param {string} name */
  setOperator(name) {
    this.operator = name.trim() || t("operator.default");
    localStorage.setItem("resguardo.operator", this.operator);
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

  #news() {
    const waiting = this.waiting();
    this.#forget(waiting);
    const fresh = waiting.filter((incident) => !this.#announced.has(soundOf(incident)));
    for (const incident of fresh) {
      this.#announced.add(soundOf(incident));
      this.dispatchEvent(new CustomEvent("alarm", { detail: incident }));
    }
    this.#selectSomething(fresh, waiting);
    this.sound.play(this.#wantedSound(waiting));
    this.changed();
  }

  // What rests is forgotten, so that it is announced and sounds anew when it comes back.
  /** @param {Incident[]} waiting */
  #forget(waiting) {
    const now = new Set([...waiting.map(soundOf), ...(this.stream.stopped ? ["line"] : [])]);
    for (const known of [this.#silenced, this.#announced])
      for (const key of known) if (!now.has(key)) known.delete(key);
  }

  /** @param {Incident[]} waiting */
  #wantedSound(waiting) {
    const loud = waiting.filter((incident) => !this.isSilenced(incident));
    if (loud.length) return String(Math.min(...loud.map(({ priority }) => priority)));
    return this.stream.stopped && !this.#silenced.has("line") ? "line" : "";
  }

  // A new alarm is selected unless the operator is at one that still waits. Where the selected one
  // is over, the most urgent that waits takes its place.
  /** @param {Incident[]} fresh @param {Incident[]} waiting */
  #selectSomething(fresh, waiting) {
    const before = this.incident;
    const selected = this.store.incidents.get(before);
    const [first] = before && !selected ? waiting : fresh;
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

/** Whether an alarm still wants an operator. @param {Incident} incident */
export const isWaiting = ({ state }) =>
  state === "unacknowledged" || state === "returned_unacknowledged";

/** What sounds: an alarm that becomes worse sounds again. @param {Incident} incident */
const soundOf = ({ incident, level }) => `${incident} ${level}`;

/** @param {{ error: string, message: string }} refusal */
const refusalText = ({ error, message }) =>
  has(`refusal.${error}`) ? t(`refusal.${error}`) : message;

export const page = new PageState();
