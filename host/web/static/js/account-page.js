// One's own account: password, second factors, recovery codes, sessions.

/** @import { Answer } from "./api.js" */
/** @import { Factor, OwnSession, Session } from "./types.js" */
import { LitElement, html } from "lit";
import { ask, firstPage, whoIsHere } from "./api.js";
import { moment, switchLanguage, t } from "./i18n.js";
import { fieldStyles, formStyles, shared } from "./looks.js";
import { makePasskey } from "./passkey.js";

class AccountPage extends LitElement {
  static styles = [shared, fieldStyles, formStyles];

  /** @type {Session | null} */ #session = null;
  /** @type {Factor[]} */ #factors = [];
  /** @type {OwnSession[]} */ #sessions = [];
  /** @type {{ key: string, picture: string } | null} */ #totp = null;
  /** @type {string[]} shown once */ #codes = [];
  #codesLeft = 0;
  #said = "";

  async connectedCallback() {
    super.connectedCallback();
    const session = await whoIsHere();
    if (!session || session.lacks) return location.assign("/login");
    this.#session = session;
    await this.#load();
  }

  render() {
    const session = this.#session;
    if (!session) return "";
    return html`<main>
      <header>
        <h1>${session.name}</h1>
        <a href=${firstPage(session)}>${t("people.back")}</a>
        <button @click=${this.#switch} lang=${t("status.language_code")}>${t("status.language")}</button>
        <button @click=${this.#logOut}>${t("people.log_out")}</button>
      </header>
      <div role="status">${this.#said ? html`<p role="alert">${this.#said}</p>` : ""}</div>
      ${session.present ? html`<p>${t("people.present_means")}</p>` : this.#parts()}
    </main>`;
  }

  #parts() {
    return html`
      <h2>${t("people.second_factors")}</h2>
      <ul>
        ${this.#factors.map(
          ({ id, kind, made }) => html`<li class="line">
            ${t(`people.factor_${kind}`)} · ${moment(made)}
            <button @click=${() => this.#do(ask("DELETE", `/account/factors/${encodeURIComponent(id)}`))}>
              ${t("people.drop")}
            </button>
          </li>`,
        )}
      </ul>
      <p class="buttons">
        <button @click=${() => this.#do(makePasskey())}>${t("people.make_passkey")}</button>
        <button @click=${this.#beginTotp}>${t("people.make_totp")}</button>
      </p>
      ${
        this.#totp
          ? html`<p>${t("people.totp_means")}</p>
              <img class="picture" src=${this.#totp.picture} alt=${t("people.totp_picture")} />
              <p class="code">${this.#totp.key}</p>
              <form @submit=${this.#confirmTotp}>
                <label>${t("people.totp_code")}<input name="code" required autocomplete="one-time-code" /></label>
                <button>${t("people.go_on")}</button>
              </form>`
          : ""
      }
      <h2>${t("people.recovery_codes")}</h2>
      <p>${t("people.codes_left", { n: this.#codesLeft })}</p>
      <ul class="codes code">${this.#codes.map((code) => html`<li>${code}</li>`)}</ul>
      <p class="buttons"><button @click=${this.#newCodes}>${t("people.new_codes")}</button></p>
      <h2>${t("people.new_password")}</h2>
      <form @submit=${this.#setPassword}>
        <p>${t("people.new_password_means")}</p>
        <label>
          ${t("people.password")}
          <input name="password" type="password" minlength="12" required autocomplete="new-password" />
        </label>
        <button>${t("people.set_password")}</button>
      </form>
      <h2>${t("people.sessions")}</h2>
      <ul>
        ${this.#sessions.map(
          ({ id, began, address, here }) => html`<li class="line">
            ${moment(began)} · ${address} ${here ? t("people.here") : ""}
            <button @click=${() => this.#do(ask("DELETE", `/account/sessions/${id}`))}>
              ${t("people.end")}
            </button>
          </li>`,
        )}
      </ul>
    `;
  }

  async #load() {
    const [factors, sessions] = await Promise.all([
      ask("GET", "/account/factors"),
      ask("GET", "/account/sessions"),
    ]);
    if (sessions.status === 401 && !this.#session?.present) return location.assign("/login");
    this.#factors = factors.body?.factors ?? [];
    this.#codesLeft = factors.body?.recovery_codes ?? 0;
    this.#sessions = sessions.ok ? sessions.body : [];
    this.requestUpdate();
  }

  /** @param {Promise<Answer>} asked */
  async #do(asked) {
    const answer = await asked;
    this.#said = answer.ok ? t("people.done") : answer.why;
    if (answer.ok) this.#totp = null;
    await this.#load();
  }

  async #beginTotp() {
    const answer = await ask("POST", "/account/totp/options");
    this.#totp = answer.ok ? answer.body : null;
    this.#said = answer.why;
    this.requestUpdate();
  }

  /** @param {SubmitEvent} event */
  #confirmTotp(event) {
    event.preventDefault();
    const form = new FormData(/** @type {HTMLFormElement} */ (event.target));
    void this.#do(ask("POST", "/account/totp", { code: String(form.get("code")) }));
  }

  async #newCodes() {
    const answer = await ask("POST", "/account/recovery-codes");
    this.#codes = answer.ok ? answer.body.codes : [];
    this.#said = answer.ok ? t("people.recovery_codes_mean") : answer.why;
    await this.#load();
  }

  /** @param {SubmitEvent} event */
  #setPassword(event) {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.target);
    const password = String(new FormData(form).get("password"));
    form.reset();
    void this.#do(ask("PUT", "/account/password", { password }));
  }

  async #logOut() {
    await ask("DELETE", "/session");
    location.assign("/login");
  }

  #switch() {
    switchLanguage();
    this.requestUpdate();
  }
}

customElements.define("account-page", AccountPage);
