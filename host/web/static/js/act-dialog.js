// The form for what an operator does that needs more than a key: a reason, minutes, an answer.

/** @import { Verb } from "./types.js" */
import { css, html } from "lit";
import { PageDialog, dialogStyles } from "./page-dialog.js";
import { fieldStyles } from "./looks.js";
import { shared } from "./page-element.js";
import { page } from "./page-state.js";
import { inLanguage, t } from "./i18n.js";
import { whom } from "./words.js";

const SHELVED_MIN = 15; // unless the operator says otherwise

class ActDialog extends PageDialog {
  static styles = [
    shared,
    dialogStyles,
    fieldStyles,
    css`
      form,
      label {
        display: grid;
        gap: 0.3rem;
      }
      form {
        gap: 0.8rem;
      }
      .about {
        font-weight: 600;
      }
      input[type="number"] {
        width: 6rem;
      }
      .buttons {
        display: flex;
        gap: 0.5rem;
      }
      .buttons :last-child {
        margin-left: auto;
      }
    `,
  ];

  /** @type {Verb} */
  #verb = "resolve";
  #id = "";
  #wrong = "";
  #sending = false;

  connectedCallback() {
    super.connectedCallback();
    page.addEventListener("ask", (event) => {
      const { verb, id } = /** @type {CustomEvent<{ verb: Verb, id: string }>} */ (event).detail;
      void this.#ask(verb, id);
    });
  }

  /** @param {Verb} verb @param {string} id */
  async #ask(verb, id) {
    this.#verb = verb;
    this.#id = id;
    this.#wrong = "";
    this.requestUpdate();
    await this.updateComplete;
    this.renderRoot.querySelector("form")?.reset();
    this.open();
  }

  render() {
    const verb = this.#verb;
    return html`<dialog aria-labelledby="title" aria-describedby="means">
      <form @submit=${this.#submit}>
        <h2 id="title">${t(`act.${verb}.name`)}</h2>
        <p class="about">${this.#about()}</p>
        <p id="means" class="quiet word">${t(`act.${verb}.means`)}</p>
        ${verb === "call" ? "" : this.#reason()} ${verb === "shelve" ? this.#minutes() : ""}
        ${this.#wrong ? html`<p role="alert">${this.#wrong}</p>` : ""}
        <div class="buttons">
          ${
            verb === "call"
              ? html`<button value="reached">${t("act.reached")}</button>
                  <button>${t("act.not_reached")}</button>`
              : html`<button>${t(`act.${verb}.name`)}</button>`
          }
          <button type="button" @click=${() => this.close()}>${t("act.cancel")}</button>
        </div>
      </form>
    </dialog>`;
  }

  /** The alarm, in its words of now; for a call also whom. */
  #about() {
    const call = page.store.deliveries.get(this.#id);
    const incident = page.store.incidents.get(call?.incident ?? this.#id);
    const said = incident ? inLanguage(incident.sentence) : "";
    return call ? html`${whom(call)}<br />${said}` : said;
  }

  #reason() {
    return html`<label>
      ${t("act.reason")}
      <input name="reason" required maxlength="200" autocomplete="off" />
    </label>`;
  }

  #minutes() {
    const most = page.store.incidents.get(this.#id)?.shelving_max_min ?? SHELVED_MIN;
    return html`<label>
      ${t("act.minutes", { most })}
      <input
        name="minutes"
        type="number"
        required
        min="1"
        max=${most}
        value=${Math.min(SHELVED_MIN, most)}
      />
    </label>`;
  }

  /** @param {SubmitEvent} event */
  async #submit(event) {
    event.preventDefault();
    if (this.#sending) return;
    const form = /** @type {HTMLFormElement} */ (event.target);
    const said = new FormData(form);
    const pressed = /** @type {HTMLButtonElement | null} */ (event.submitter);
    this.#sending = true;
    this.#wrong = await page.act(this.#verb, this.#id, {
      ...(said.has("reason") && { reason: String(said.get("reason")) }),
      ...(said.has("minutes") && { minutes: Number(said.get("minutes")) }),
      ...(this.#verb === "call" && { reached: pressed?.value === "reached" }),
    });
    this.#sending = false;
    if (this.#wrong) this.requestUpdate();
    else this.close();
  }
}

customElements.define("act-dialog", ActDialog);
