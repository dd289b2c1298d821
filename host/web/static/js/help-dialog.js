// Which keys do what, what the signs mean; and the switch that turns the keys off.

import { css, html } from "lit";
import { PageDialog, dialogStyles } from "./page-dialog.js";
import { shared } from "./page-element.js";
import { page } from "./page-state.js";
import { t } from "./i18n.js";
import { partySign, prioritySign, signStyles } from "./signs.js";

/** @type {[string, string][]} keys and the text that says what they do */
const KEYS = [
  ["↑ ↓ · J K", "help.move"],
  ["A · Enter", "help.acknowledge"],
  ["S", "help.silence"],
  ["N", "help.next"],
  ["R", "act.resolve.means"],
  ["P", "act.shelve.means"],
  ["O", "act.withdraw.means"],
  ["U", "act.resume.means"],
  ["C", "act.call.means"],
  ["/", "help.find"],
  ["F", "help.follow"],
  ["L", "help.language"],
  ["?", "help.help"],
];

class HelpDialog extends PageDialog {
  static styles = [
    shared,
    dialogStyles,
    signStyles,
    css`
      dl {
        display: grid;
        grid-template-columns: auto 1fr;
        gap: 0.4rem 1.2rem;
        align-items: center;
        padding: 0.8rem 0;
      }
      dt {
        font-weight: 600;
        display: flex;
        gap: 0.3rem;
      }
      form {
        display: flex;
        justify-content: space-between;
        align-items: center;
        border-top: 1px solid var(--line);
        padding-top: 0.8rem;
      }
    `,
  ];

  render() {
    return html`<dialog aria-labelledby="title">
      <h2 id="title">${t("help.title")}</h2>
      <dl>
        ${KEYS.map(([keys, text]) => html`<dt>${keys}</dt><dd>${t(text)}</dd>`)}
        <dt>${prioritySign(1)}${prioritySign(2)}${prioritySign(3)}</dt>
        <dd>${t("help.priorities")}</dd>
        <dt>${partySign("offender")}${partySign("victim")}</dt>
        <dd>${t("help.parties")}</dd>
      </dl>
      <form method="dialog">
        <label>
          <input type="checkbox" .checked=${page.keys} @change=${this.#setKeys} />
          ${t("help.keys")}
        </label>
        <button>${t("help.close")}</button>
      </form>
    </dialog>`;
  }

  /** @param {Event} event */
  #setKeys(event) {
    page.setKeys(/** @type {HTMLInputElement} */ (event.target).checked);
  }
}

customElements.define("help-dialog", HelpDialog);
