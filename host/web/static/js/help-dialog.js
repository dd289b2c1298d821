// Which keys do what, what the signs mean; and the switch that turns the keys off.

/** @import { Standing } from "./types.js" */
import { css, html } from "lit";
import { PageDialog, dialogStyles } from "./page-dialog.js";
import { shared } from "./page-element.js";
import { page } from "./page-state.js";
import { t } from "./i18n.js";
import { bar, barStyles } from "./promise.js";
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
  ["B", "help.lock"],
  ["L", "help.language"],
  ["?", "help.help"],
];

/** @type {[Standing, number][]} how full each is shown */
const BARS = [
  ["assured", 100],
  ["watched", 100],
  ["held", 60],
  ["alarm", 100],
];

class HelpDialog extends PageDialog {
  static styles = [
    shared,
    dialogStyles,
    signStyles,
    barStyles,
    css`
      dialog {
        width: min(60rem, 90vw);
      }
      /* Keys and signs side by side where there is room. */
      .help {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(24rem, 100%), 1fr));
        gap: 0 2.4rem;
        align-items: start;
        padding: 0.8rem 0;
      }
      dl {
        display: grid;
        grid-template-columns: auto 1fr;
        gap: 0.4rem 1.2rem;
        align-items: center;
      }
      dt .bar {
        width: 6rem;
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
      <div class="help">
        <dl>${KEYS.map(([keys, text]) => html`<dt>${keys}</dt><dd>${t(text)}</dd>`)}</dl>
        <dl>
          <dt>${prioritySign(1)}${prioritySign(2)}${prioritySign(3)}</dt>
          <dd>${t("help.priorities")}</dd>
          <dt>${partySign("offender")}${partySign("victim")}</dt>
          <dd>${t("help.parties")}</dd>
          ${BARS.map(
            ([standing, full]) => html`<dt>${bar(standing, full)}</dt>
              <dd>${t(`help.${standing}`)}</dd>`,
          )}
        </dl>
      </div>
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
