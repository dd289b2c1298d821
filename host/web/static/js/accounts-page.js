// Everybody's accounts and the machines' tokens, for administrators.

/** @import { Account, Session, Token } from "./types.js" */
import { LitElement, html } from "lit";
import { ask, firstPage, whoIsHere } from "./api.js";
import { moment, switchLanguage, t } from "./i18n.js";
import { fieldStyles, formStyles, shared } from "./looks.js";

const ROLES = [
  ...["operator", "supervisor", "officer", "investigator", "analyst", "prosecutor"],
  ...["judge", "hotline", "administrator", "engineer", "auditor"],
];
/** @type {Account} */
const NOBODY = {
  account: "",
  name: "",
  roles: [],
  persons: [],
  court: "",
  station: "",
  ended: false,
  version: 0,
};

class AccountsPage extends LitElement {
  static styles = [shared, fieldStyles, formStyles];

  /** @type {Session | null} */ #session = null;
  /** @type {Account[]} */ #accounts = [];
  /** @type {Token[]} */ #tokens = [];
  /** The one in the form, and what the host called its version. */
  #edited = NOBODY;
  #etag = "";
  #said = "";
  /** A code or key that is shown this once. */
  #shown = "";

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
        <h1>${t("people.accounts")}</h1>
        <a href=${firstPage(session)}>${t("people.back")}</a>
        <a href="/account">${session.name}</a>
        <button @click=${this.#switch} lang=${t("status.language_code")}>${t("status.language")}</button>
      </header>
      <div role="status">
        ${this.#said ? html`<p role="alert">${this.#said}</p>` : ""}
        ${this.#shown ? html`<p class="code">${this.#shown}</p>` : ""}
      </div>
      ${this.#table()} ${this.#form()} ${this.#machines()}
    </main>`;
  }

  #table() {
    return html`<table>
      <thead>
        <tr>
          <th scope="col">${t("people.account_name")}</th>
          <th scope="col">${t("people.name")}</th>
          <th scope="col">${t("people.roles")}</th>
          <th scope="col">${t("people.limits")}</th>
          <th scope="col"><span class="unseen">${t("people.acts")}</span></th>
        </tr>
      </thead>
      <tbody>
        ${this.#accounts.map(
          (one) => html`<tr>
            <th scope="row">${one.account}</th>
            <td>${one.name} ${one.ended ? html`<span class="quiet">${t("people.ended")}</span>` : ""}</td>
            <td>${one.roles.map((role) => t(`people.role_${role}`)).join(", ")}</td>
            <td>${[one.court, one.station, ...one.persons].filter(Boolean).join(", ")}</td>
            <td>
              <div class="buttons">
                <button @click=${() => this.#edit(one.account)}>${t("people.change")}</button>
                <button @click=${() => this.#reset(one.account)}>${t("people.reset")}</button>
              </div>
            </td>
          </tr>`,
        )}
      </tbody>
    </table>`;
  }

  #form() {
    const one = this.#edited;
    const isNew = !one.version;
    return html`<h2>${isNew ? t("people.add") : t("people.change_of", { account: one.account })}</h2>
      <form @submit=${this.#save}>
        ${
          isNew
            ? html`<label>
                ${t("people.account_name")}
                <input name="account" required maxlength="32" autocapitalize="none" autocomplete="off" />
              </label>`
            : ""
        }
        <label>
          ${t("people.name")}
          <input name="name" required maxlength="64" autocomplete="off" .value=${one.name} />
        </label>
        <fieldset>
          <legend>${t("people.roles")}</legend>
          ${ROLES.map(
            (role) => html`<label>
              <input type="checkbox" name="roles" value=${role} .checked=${one.roles.includes(role)} />
              ${t(`people.role_${role}`)}
            </label>`,
          )}
        </fieldset>
        <label>
          ${t("people.persons")}
          <input name="persons" autocomplete="off" .value=${one.persons.join(", ")} />
        </label>
        <label>
          ${t("people.court")}
          <input name="court" maxlength="64" autocomplete="off" .value=${one.court} />
        </label>
        <label>
          ${t("people.station")}
          <input name="station" maxlength="64" autocomplete="off" .value=${one.station} />
        </label>
        ${
          isNew
            ? ""
            : html`<label class="line">
                <input type="checkbox" name="ended" .checked=${one.ended} /> ${t("people.ended_means")}
              </label>`
        }
        <p class="buttons">
          <button>${isNew ? t("people.add") : t("people.save")}</button>
          ${isNew ? "" : html`<button type="button" @click=${this.#leave}>${t("act.cancel")}</button>`}
        </p>
      </form>`;
  }

  #machines() {
    return html`<h2>${t("people.tokens")}</h2>
      <ul>
        ${this.#tokens
          .filter(({ lasts }) => lasts)
          .map(
            ({ token, role, until }) => html`<li class="line">
              ${token} · ${t(`people.role_${role}`)} · ${t("people.until", { at: moment(until) })}
              <button @click=${() => this.#endToken(token)}>${t("people.end")}</button>
            </li>`,
          )}
      </ul>
      <form @submit=${this.#addToken}>
        <label>${t("people.token_name")}<input name="token" required maxlength="32" autocomplete="off" /></label>
        <label>
          ${t("people.role")}
          <select name="role">
            ${ROLES.filter((role) => role !== "administrator").map((role) => html`<option value=${role}>${t(`people.role_${role}`)}</option>`)}
          </select>
        </label>
        <label>
          ${t("people.days")}
          <input name="days" type="number" min="1" max="366" value="90" required />
        </label>
        <button>${t("people.add_token")}</button>
      </form>`;
  }

  async #load() {
    const tokens = await ask("GET", "/tokens");
    this.#tokens = tokens.ok ? tokens.body : [];
    /** @type {Account[]} */
    const listed = [];
    let after = "";
    do {
      const page = await ask("GET", `/accounts?after=${encodeURIComponent(after)}`);
      if (!page.ok) this.#said = page.why;
      listed.push(...(page.ok ? page.body.accounts : []));
      after = page.ok ? (page.body.next ?? "") : "";
    } while (after);
    this.#accounts = listed;
    this.requestUpdate();
  }

  /** @param {string} account */
  async #edit(account) {
    const answer = await ask("GET", `/accounts/${encodeURIComponent(account)}`);
    if (answer.ok) [this.#edited, this.#etag] = [answer.body, answer.etag];
    this.#tell(answer.why);
    await this.updateComplete;
    this.renderRoot.querySelector("input")?.focus();
  }

  #leave() {
    this.#edited = NOBODY;
    this.renderRoot.querySelector("form")?.reset();
    this.#tell("");
  }

  /** @param {SubmitEvent} event */
  async #save(event) {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.target);
    const said = new FormData(form);
    const persons = String(said.get("persons")).split(",").map((one) => one.trim());
    const body = {
      name: String(said.get("name")),
      roles: said.getAll("roles"),
      persons: persons.filter(Boolean),
      court: String(said.get("court")).trim(),
      station: String(said.get("station")).trim(),
    };
    const one = this.#edited;
    const account = String(said.get("account") ?? "").trim().toLowerCase();
    const answer = one.version
      ? await ask(
          "PUT",
          `/accounts/${encodeURIComponent(one.account)}`,
          { ...body, ended: said.has("ended") },
          { "If-Match": this.#etag },
        )
      : await ask("POST", "/accounts", { ...body, account });
    if (!answer.ok) return this.#tell(answer.why);
    form.reset();
    this.#edited = NOBODY;
    this.#invited(answer.body, t("people.done"));
    await this.#load();
  }

  /** @param {string} account */
  async #reset(account) {
    if (!confirm(t("people.reset_means", { account }))) return;
    const answer = await ask("POST", `/accounts/${encodeURIComponent(account)}/reset`);
    this.#invited(answer.body, answer.why);
    await this.#load();
  }

  /** @param {{ account: string, invitation?: string }} body @param {string} otherwise */
  #invited(body, otherwise) {
    if (!body?.invitation) return this.#tell(otherwise);
    this.#tell(t("people.invitation", { account: body.account }), body.invitation);
  }

  /** @param {SubmitEvent} event */
  async #addToken(event) {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.target);
    const said = new FormData(form);
    const body = { token: said.get("token"), role: said.get("role"), days: Number(said.get("days")) };
    const answer = await ask("POST", "/tokens", body);
    if (!answer.ok) return this.#tell(answer.why);
    form.reset();
    this.#tell(t("people.token_made", { token: answer.body.token }), answer.body.key);
    await this.#load();
  }

  /** @param {string} token */
  async #endToken(token) {
    const answer = await ask("DELETE", `/tokens/${encodeURIComponent(token)}`);
    this.#tell(answer.ok ? t("people.done") : answer.why);
    await this.#load();
  }

  /** @param {string} said @param {string} [shown] */
  #tell(said, shown = "") {
    this.#said = said;
    this.#shown = shown;
    this.requestUpdate();
  }

  #switch() {
    switchLanguage();
    this.requestUpdate();
  }
}

customElements.define("accounts-page", AccountsPage);
