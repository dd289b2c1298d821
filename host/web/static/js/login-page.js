// Logging in, step by step: what a session still lacks is asked for, until it is open.

/** @import { Answer } from "./api.js" */
/** @import { Session } from "./types.js" */
import { LitElement, css, html } from "lit";
import { ask, firstPage, whoIsHere } from "./api.js";
import { current, switchLanguage, t } from "./i18n.js";
import { fieldStyles, formStyles, shared } from "./looks.js";
import { makePasskey, showPasskey } from "./passkey.js";

class LoginPage extends LitElement {
  static styles = [
    shared,
    fieldStyles,
    formStyles,
    css`
      :host {
        max-width: 32rem;
      }
    `,
  ];

  /** @type {Session | null} */ #session = null;
  /** @type {{ key: string, picture: string } | null} of a telephone that is taken in */ #totp = null;
  /** @type {string[]} */ #codes = [];
  #wrong = "";
  #busy = false;

  async connectedCallback() {
    super.connectedCallback();
    this.#session = (await whoIsHere()) ?? null;
    this.#goOn();
  }

  render() {
    return html`<main>
      <header>
        <h1>Resguardo</h1>
        <button @click=${this.#switch} lang=${t("status.language_code")}>${t("status.language")}</button>
      </header>
      <div role="status">${this.#wrong ? html`<p role="alert">${this.#wrong}</p>` : ""}</div>
      ${this.#codes.length ? this.#written() : this.#step()}
    </main>`;
  }

  #step() {
    const lacks = this.#session ? this.#session.lacks : "session";
    if (lacks === "session") return this.#password();
    if (lacks === "new_password") return this.#newPassword();
    if (lacks === "second_factor") return this.#secondFactor();
    if (lacks === "enrolment") return this.#enrolment();
    return lacks === "role" ? this.#role() : "";
  }

  #password() {
    return html`<form @submit=${this.#logIn}>
      <p>${t("people.login_means")}</p>
      <label>
        ${t("people.account_name")}
        <input name="account" required autocomplete="username" autocapitalize="none" autofocus />
      </label>
      <label>
        ${t("people.password")}
        <input name="password" type="password" required autocomplete="current-password" />
      </label>
      <button>${t("people.log_in")}</button>
    </form>`;
  }

  #newPassword() {
    return html`<form @submit=${this.#setPassword}>
      <h2>${t("people.new_password")}</h2>
      <p>${t("people.new_password_means")}</p>
      <label>
        ${t("people.password")}
        <input name="password" type="password" minlength="12" required autocomplete="new-password" />
      </label>
      <label>
        ${t("people.again")}
        <input name="again" type="password" required autocomplete="new-password" />
      </label>
      <button>${t("people.go_on")}</button>
    </form>`;
  }

  #secondFactor() {
    const { factors } = /** @type {Session} */ (this.#session);
    return html`<h2>${t("people.second_factor")}</h2>
      ${
        factors.includes("passkey")
          ? html`<p class="buttons">
              <button @click=${() => this.#do(showPasskey())}>${t("people.show_passkey")}</button>
            </p>`
          : ""
      }
      ${factors.includes("totp") ? this.#code("/session/totp", t("people.totp_code")) : ""}
      <details>
        <summary>${t("people.lost_factor")}</summary>
        ${this.#code("/session/recovery", t("people.recovery_code"))}
      </details>
      ${this.#leave()}`;
  }

  #enrolment() {
    return html`<h2>${t("people.enrolment")}</h2>
      <p>${t("people.enrolment_means")}</p>
      <p class="buttons">
        <button @click=${() => this.#do(makePasskey(), true)}>${t("people.make_passkey")}</button>
        <button @click=${this.#beginTotp}>${t("people.make_totp")}</button>
      </p>
      ${
        this.#totp
          ? html`<p>${t("people.totp_means")}</p>
              <img class="picture" src=${this.#totp.picture} alt=${t("people.totp_picture")} />
              <p class="code">${this.#totp.key}</p>
              ${this.#code("/account/totp", t("people.totp_code"), true)}`
          : ""
      }
      ${this.#leave()}`;
  }

  #role() {
    const { roles } = /** @type {Session} */ (this.#session);
    return html`<h2>${t("people.role_of_shift")}</h2>
      <p class="buttons">
        ${roles.map(
          (role) =>
            html`<button @click=${() => this.#do(ask("PUT", "/session/role", { role }))}>
              <span class="word">${t(`people.role_${role}`)}</span>
            </button>`,
        )}
      </p>
      ${this.#leave()}`;
  }

  /** Codes that somebody writes down, or could never come in without a telephone. */
  #written() {
    return html`<h2>${t("people.recovery_codes")}</h2>
      <p>${t("people.recovery_codes_mean")}</p>
      <ul class="codes code">${this.#codes.map((code) => html`<li>${code}</li>`)}</ul>
      <p class="buttons"><button @click=${this.#noted}>${t("people.noted")}</button></p>`;
  }

  /** @param {string} path @param {string} label @param {boolean} [first] */
  #code(path, label, first = false) {
    /** @param {SubmitEvent} event */
    const send = (event) => {
      const { code } = said(event);
      void this.#do(ask("POST", path, { code }), first);
    };
    return html`<form @submit=${send}>
      <label>${label}<input name="code" required maxlength="32" autocomplete="one-time-code" /></label>
      <button>${t("people.go_on")}</button>
    </form>`;
  }

  #leave() {
    return html`<p><button @click=${this.#logOut}>${t("people.log_out")}</button></p>`;
  }

  /** @param {SubmitEvent} event */
  #logIn(event) {
    const { account, password } = said(event);
    void this.#do(ask("POST", "/session", { account: account?.trim().toLowerCase(), password }));
  }

  /** @param {SubmitEvent} event */
  #setPassword(event) {
    const { password, again } = said(event);
    if (password === again) void this.#do(ask("PUT", "/account/password", { password }));
    else this.#say(t("people.not_the_same"));
  }

  async #beginTotp() {
    const answer = await ask("POST", "/account/totp/options");
    this.#totp = answer.ok ? answer.body : null;
    this.#say(answer.why);
  }

  async #logOut() {
    await ask("DELETE", "/session");
    this.#session = null;
    this.#totp = null;
    this.#say("");
  }

  /** What an answer says of the session counts. @param {Promise<Answer>} asked
   * @param {boolean} [first] whether the account's first second factor comes of it */
  async #do(asked, first = false) {
    if (this.#busy) return;
    this.#busy = true;
    const answer = await asked;
    this.#busy = false;
    if (answer.ok) this.#session = answer.body;
    else if (answer.status === 401) this.#session = null;
    if (answer.ok && first) {
      const made = await ask("POST", "/account/recovery-codes");
      if (made.ok) this.#codes = made.body.codes;
    }
    this.#goOn(answer.why);
  }

  #noted() {
    this.#codes = [];
    this.#goOn();
  }

  #goOn(wrong = "") {
    this.#say(wrong);
    const session = this.#session;
    if (session && !session.lacks && !this.#codes.length) location.assign(firstPage(session));
  }

  /** @param {string} wrong */
  #say(wrong) {
    this.#wrong = wrong;
    this.requestUpdate();
  }

  #switch() {
    switchLanguage();
    document.title = t("people.login");
    this.lang = current();
    this.requestUpdate();
  }
}

/** A form's fields, and no page load. @param {SubmitEvent} event @returns {Record<string, string>} */
function said(event) {
  event.preventDefault();
  const form = /** @type {HTMLFormElement} */ (event.target);
  return /** @type {Record<string, string>} */ (Object.fromEntries(new FormData(form)));
}

customElements.define("login-page", LoginPage);
