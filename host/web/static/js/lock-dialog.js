// What a locked page shows: that it is locked, that alarms sound, and where the password goes.

import { css, html } from "lit";
import { PageDialog, dialogStyles } from "./page-dialog.js";
import { fieldStyles } from "./looks.js";
import { shared } from "./page-element.js";
import { page } from "./page-state.js";
import { t } from "./i18n.js";

class LockDialog extends PageDialog {
  static styles = [
    shared,
    dialogStyles,
    fieldStyles,
    css`
      dialog::backdrop {
        background: var(--ground);
      }
      form {
        display: grid;
        gap: 0.8rem;
      }
      label {
        display: grid;
        gap: 0.3rem;
      }
      .waiting {
        font-size: 1.4rem;
        font-weight: 700;
      }
      .buttons {
        display: flex;
        justify-content: space-between;
      }
      a {
        color: inherit;
      }
    `,
  ];

  #wrong = "";

  render() {
    const { session, sound, store } = page;
    const { waiting } = store;
    return html`<dialog aria-labelledby="title" @cancel=${this.#stay}>
      <form @submit=${this.#unlock}>
        <h2 id="title">${t(page.over ? "lock.over" : "lock.title")}</h2>
        <p class="waiting" role="status">
          ${waiting ? t("lock.waiting", { n: waiting }) : t("lock.none")}
        </p>
        <p>
          ${t(sound.blocked ? "sound.muted" : "lock.sounds")}
          ${
            sound.blocked
              ? html`<button type="button" @click=${() => sound.turnOn()}>${t("sound.turn_on")}</button>`
              : ""
          }
        </p>
        ${
          page.over
            ? html`<p><a href="/login">${t("people.log_in")}</a></p>`
            : html`<label>
                  ${t("lock.password", { name: session?.name ?? "" })}
                  <input name="password" type="password" required autocomplete="current-password" />
                </label>
                ${this.#wrong ? html`<p role="alert">${this.#wrong}</p>` : ""}
                <div class="buttons">
                  <button>${t("lock.unlock")}</button>
                  <button type="button" @click=${() => page.logOut()}>${t("people.log_out")}</button>
                </div>`
        }
      </form>
    </dialog>`;
  }

  updated() {
    if (page.locked === this.isOpen) return;
    if (page.locked) this.open();
    else this.close();
  }

  /** Escape opens nothing. @param {Event} event */
  #stay(event) {
    event.preventDefault();
  }

  /** @param {SubmitEvent} event */
  async #unlock(event) {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.target);
    const password = String(new FormData(form).get("password"));
    form.reset();
    this.#wrong = await page.unlock(password);
    this.requestUpdate();
  }
}

customElements.define("lock-dialog", LockDialog);
