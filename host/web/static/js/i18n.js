// The page's words, clock times and measures, in the language that its reader chose.

const STORED = "resguardo.language";

/** @type {Record<string, Record<string, string>>} */
const texts = read("texts");
/** @type {{ languages: string[], time_zone: string }} */
export const options = read("options");

let language = remembered(options.languages[0] ?? "es");

/** @param {string} id @returns {any} the JSON that the server wrote into the page */
function read(id) {
  return JSON.parse(document.getElementById(id)?.textContent ?? "{}");
}

/** @param {string} fallback */
function remembered(fallback) {
  const stored = localStorage.getItem(STORED) ?? "";
  return options.languages.includes(stored) ? stored : fallback;
}

/** The language in use: "es", "en". */
export const current = () => language;

/** Changes to the next language that the page has. */
export function switchLanguage() {
  const next = options.languages.indexOf(language) + 1;
  language = options.languages[next % options.languages.length] ?? language;
  localStorage.setItem(STORED, language);
  document.documentElement.lang = language;
}

/**
 * The text under `key`, with {name} replaced by the value of that name.
 * @param {string} key
 * @param {Record<string, string | number>} [values]
 */
export function t(key, values = {}) {
  const text = texts[language]?.[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}

/** The text under `key` in each language. @param {string} key */
export const inEveryLanguage = (key) => Object.values(texts).map((of) => of[key] ?? "");

/** Whether the page has a text of its own for `key`. @param {string} key */
export const has = (key) => key in (texts[language] ?? {});

/** The text of a sentence that came in several languages. @param {Record<string, string>} said */
export const inLanguage = (said) => said[language] ?? Object.values(said)[0] ?? "";

/** Time of day at the centre, to the second. @param {number} at milliseconds since 1970 */
export function clock(at) {
  /** @type {Intl.DateTimeFormatOptions} */
  const format = {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
    timeZone: options.time_zone,
  };
  return new Intl.DateTimeFormat(language, format).format(at);
}

/** Day and time of day at the centre. @param {string} at ISO 8601 */
export function moment(at) {
  /** @type {Intl.DateTimeFormatOptions} */
  const format = { dateStyle: "medium", timeStyle: "short", timeZone: options.time_zone };
  return new Intl.DateTimeFormat(language, format).format(Date.parse(at));
}

/** A length of time: "12 s", "4 min 05 s", "3 h 20 min", "2 d 4 h". @param {number} ms */
export function duration(ms) {
  const s = Math.max(0, Math.floor(ms / 1000));
  const [min, h, d] = [Math.floor(s / 60), Math.floor(s / 3600), Math.floor(s / 86400)];
  if (d) return `${d} d ${h % 24} h`;
  if (h) return `${h} h ${pad(min % 60)} min`;
  if (min) return `${min} min ${pad(s % 60)} s`;
  return `${s} s`;
}

/** A countdown as it is read at a glance: "4:05", "1:20:05". @param {number} ms */
export function countdown(ms) {
  const s = Math.max(0, Math.ceil(ms / 1000));
  const tail = `${pad(Math.floor(s / 60) % 60)}:${pad(s % 60)}`;
  return s < 3600 ? tail.replace(/^0/, "") : `${Math.floor(s / 3600)}:${tail}`;
}

/** Metres below 10 km, kilometres above. @param {number | null} metres */
export function distance(metres) {
  if (metres === null) return "—";
  const [value, unit] = metres < 10_000 ? [Math.round(metres), "m"] : [metres / 1000, "km"];
  return `${new Intl.NumberFormat(language, { maximumFractionDigits: 1 }).format(value)} ${unit}`;
}

/** A count, its thousands apart by a narrow space, which is read alike everywhere: "20 000".
 * @param {number} n */
export const count = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, "\u202f");

/** @param {number} n */
const pad = (n) => String(n).padStart(2, "0");
