// The map: where the parties of every order are, and all that there is to see of the one selected.

/** @import { GeoJSONSource } from "maplibre-gl" */
/** @import { Box } from "./geo.js" */
/** @import { Level, Order, Position } from "./types.js" */
import { html, nothing } from "lit";
import { Map as Maplibre, ScaleControl } from "maplibre-gl";
import { drawGraticule, loadOutlines, setData } from "./base-map.js";
import { PageElement } from "./page-element.js";
import { page } from "./page-state.js";
import { Follow } from "./follow.js";
import { boxOf, circle } from "./geo.js";
import { current, t } from "./i18n.js";
import { addIcons } from "./map-icons.js";
import { details, gap, lonlat, marker, staleAge } from "./map-shapes.js";
import { style } from "./map-style.js";

/** @type {Box} Guatemala */
const HOME = [-92.3, 13.7, -88.2, 17.85];

const PATIENCE_MS = 3_000;

/** What a party's marker depends on.
 * @typedef {{ age: string, language: string, level: Level, named: boolean, position: Position }} Drawn */

class LiveMap extends PageElement {
  /** @type {Maplibre | null} */ map = null;
  /** @type {Follow | null} */ #follow = null;
  #ready = false;
  /** @type {{ key: string, why: string } | null} why there is no map */ #failure = null;
  #shown = "";
  #language = current();
  // What is drawn already is not drawn again: a map at rest costs nothing.
  /** @type {Map<string, Drawn>} of each party */ #drawn = new Map();
  /** @type {Map<string, unknown[]>} what the line of each order without a promise depends on */
  #gaps = new Map();
  #detailed = "";

  // The library's style sheet does not reach into a shadow root.
  createRenderRoot() {
    return this;
  }

  render() {
    return html`
      <div class="map"></div>
      ${this.#failure ? failureText(this.#failure) : nothing}
      <div class="map-tools">
        ${
          this.#follow?.paused
            ? html`<button class="resume" @click=${() => this.followAgain()}>
                ${t("map.resume")}<kbd>F</kbd>
              </button>`
            : nothing
        }
        <button aria-label=${t("map.nearer")} @click=${() => this.#zoom(1)}>+</button>
        <button aria-label=${t("map.farther")} @click=${() => this.#zoom(-1)}>−</button>
      </div>
    `;
  }

  firstUpdated() {
    const container = /** @type {HTMLElement} */ (this.querySelector(".map"));
    try {
      this.map = new Maplibre({
        container,
        style: style(),
        bounds: HOME,
        attributionControl: false,
        dragRotate: false,
        pitchWithRotate: false,
        touchPitch: false,
        fadeDuration: 0,
        maxZoom: 19,
      });
    } catch (error) {
      return this.#fail("map.failed", String(error));
    }
    const map = this.map;
    map.touchZoomRotate.disableRotation();
    map.keyboard.disableRotation();
    map.addControl(new ScaleControl({ maxWidth: 140 }), "bottom-right");
    this.#follow = new Follow(map, () => this.requestUpdate());
    map.on("error", ({ error }) => console.error(error));
    map.on("style.load", () => void this.#begin(map));
    map.on("webglcontextlost", () => this.#fail("map.lost"));
    map.on("webglcontextrestored", () => map.setStyle(style(), { diff: false }));
    map.on("moveend", () => this.#ready && drawGraticule(map));
    map.on("click", "parties", ({ features }) => {
      const order = features?.[0]?.properties["order"];
      if (typeof order === "string") page.select(order);
    });
    map.on("mouseenter", "parties", () => (map.getCanvas().style.cursor = "pointer"));
    map.on("mouseleave", "parties", () => (map.getCanvas().style.cursor = ""));
  }

  updated() {
    this.map?.getCanvas().setAttribute("aria-label", t("map.label"));
    if (this.#ready) this.#draw();
  }

  followAgain() {
    this.#follow?.resume(this.#box());
  }

  /** @param {string} key @param {string} why */
  #fail(key, why = "") {
    this.#failure = { key, why };
    this.#ready = false;
    delete this.dataset.ready;
    this.requestUpdate();
  }

  /** Draws all that the page knows into a style that shows nothing yet: at first, and when the map
   * has its context back (what it would put back by itself is as old as the loss).
   * @param {Maplibre} map */
  async #begin(map) {
    addIcons(map);
    this.#drawn.clear();
    this.#gaps.clear();
    this.#detailed = "";
    this.#failure = null;
    this.#ready = true;
    drawGraticule(map);
    this.#draw();
    this.dataset.ready = "";
    this.requestUpdate();
    // The parties first, what lies under them after; on a slow machine the map never rests.
    await Promise.race([map.once("idle"), new Promise((resume) => setTimeout(resume, PATIENCE_MS))]);
    const outlines = await loadOutlines();
    if (!this.#ready) return;
    for (const [source, features] of Object.entries(outlines)) setData(map, source, features);
  }

  #draw() {
    const map = /** @type {Maplibre} */ (this.map);
    if (this.#language !== current()) {
      this.#language = current();
      drawGraticule(map);
    }
    this.#drawParties(map);
    this.#drawGaps(map);
    this.#drawDetails(map);
    this.#look();
  }

  // Another selection is looked at; the same one is kept in view.
  #look() {
    const shown = page.order || (page.store.positions.size ? "all" : "");
    if (shown === this.#shown) return this.#follow?.keep(this.#box());
    const first = !this.#shown;
    this.#shown = shown;
    return first ? this.#follow?.jump(this.#box()) : this.#follow?.resume(this.#box());
  }

  /** @param {Maplibre} map */
  #drawDetails(map) {
    const features = this.#orders().flatMap((order) => details(page.store, order));
    const detailed = JSON.stringify(features);
    if (detailed === this.#detailed) return;
    this.#detailed = detailed;
    setData(map, "details", features);
  }

  /** Only parties that changed are sent to the map: it stays quick with thousands of them.
   * @param {Maplibre} map */
  #drawParties(map) {
    const { orders, positions } = page.store;
    const now = page.store.now();
    const language = current();
    const changed = [];
    for (const [key, position] of positions) {
      const level = orders.get(position.order)?.level ?? "clear";
      const named = position.order === page.order || level !== "clear";
      const age = staleAge(position, now);
      const drawn = { age, language, level, named, position };
      if (isSame(drawn, this.#drawn.get(key))) continue;
      this.#drawn.set(key, drawn);
      changed.push(marker(position, { age, key, level, named }));
    }
    const gone = [...this.#drawn.keys()].filter((key) => !positions.has(key));
    for (const key of gone) this.#drawn.delete(key);
    if (!changed.length && !gone.length) return;
    const source = /** @type {GeoJSONSource} */ (map.getSource("parties"));
    void source.updateData({ add: changed, remove: gone });
  }

  /** The same holds of orders that promise nothing: all may at once, when a network fails.
   * @param {Maplibre} map */
  #drawGaps(map) {
    const { orders } = page.store;
    const gone = new Set(this.#gaps.keys());
    const changed = [];
    for (const [name, order] of orders) {
      if (order.condition !== "unassured") continue;
      const parties = page.store.parties(name);
      if (new Set(parties.map(({ role }) => role)).size < 2) continue; // one was never seen
      gone.delete(name);
      const drawn = [current(), order, ...parties];
      const before = this.#gaps.get(name);
      if (drawn.length === before?.length && drawn.every((one, i) => one === before[i])) continue;
      this.#gaps.set(name, drawn);
      changed.push(gap(order, parties));
    }
    for (const name of gone) this.#gaps.delete(name);
    if (!changed.length && !gone.size) return;
    const source = /** @type {GeoJSONSource} */ (map.getSource("gaps"));
    void source.updateData({ add: changed, remove: [...gone] });
  }

  /** The orders that are drawn in full. @returns {Order[]} */
  #orders() {
    return [...page.store.orders.values()].filter(
      ({ level, order }) => order === page.order || level !== "clear",
    );
  }

  /** What has to be seen: the parties, and the distance that matters next.
   * @returns {Box | null} */
  #box() {
    const order = page.store.orders.get(page.order);
    if (!order) return boxOf([...page.store.positions.values()].map(lonlat));
    const parties = page.store.parties(order.order);
    const victims = parties.filter(({ role }) => role === "victim");
    const rings = victims.flatMap((victim) => circle(lonlat(victim), reach(order)));
    const zones = parties.length ? [] : order.zones.flatMap(({ ring }) => ring);
    return boxOf([...parties.map(lonlat), ...rings, ...zones]);
  }

  /** @param {1 | -1} by */
  #zoom(by) {
    this.#follow?.pause();
    this.map?.zoomTo(this.map.getZoom() + by, { duration: 200 });
  }
}

/** @param {{ key: string, why: string }} failure */
const failureText = ({ key, why }) => html`<p class="map-failed" role="alert">${t(key, { why })}</p>`;

/** @param {Drawn} one @param {Drawn} [other] */
const isSame = (one, other) =>
  one.position === other?.position &&
  one.age === other.age &&
  one.level === other.level &&
  one.named === other.named &&
  one.language === other.language;

/** How far around the protected person to look, in metres: nearer as the level rises.
 * @param {Order} order */
const reach = ({ alert_m, contact_m, level, pre_alert_m }) =>
  ({ clear: pre_alert_m, pre_alert: pre_alert_m, alert: alert_m, breach: 2 * contact_m })[level];

customElements.define("live-map", LiveMap);
