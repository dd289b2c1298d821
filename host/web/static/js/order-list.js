// Every order that the operator may see, quiet ones too: what each can promise now.

import { css, html } from "lit";
import { PageElement, shared } from "./page-element.js";
import { page } from "./page-state.js";
import { clock, distance, t } from "./i18n.js";

const SHOWN = 200;

class OrderList extends PageElement {
  static styles = [
    shared,
    css`
      :host {
        display: flex;
        flex-direction: column;
        min-height: 0;
      }
      h2 {
        padding: 0.6rem 0.8rem;
      }
      ul {
        overflow-y: auto;
        padding: 0 0.5rem 0.5rem;
      }
      button {
        display: grid;
        grid-template-columns: 1fr auto;
        width: 100%;
        text-align: left;
        border-color: transparent;
        background: none;
        padding: 0.3rem;
        font-variant-numeric: tabular-nums;
      }
      button[aria-pressed="true"] {
        background: var(--hover);
        border-color: var(--edge);
      }
      .condition {
        font-size: 0.8125rem;
      }
    `,
  ];

  render() {
    const orders = [...page.store.orders.values()];
    return html`
      <h2>${t("orders.title", { n: orders.length })}</h2>
      <ul>
        ${orders.slice(0, SHOWN).map(
          ({ assured_until, condition, distance_m, order }) => html`<li>
            <button aria-pressed=${order === page.order} @click=${() => page.select(order)}>
              <span>${order}</span><span>${distance(distance_m)}</span>
              <span class="condition quiet">
                ${
                  condition === "assured" && assured_until
                    ? t("promise.assured.short", { until: clock(Date.parse(assured_until)) })
                    : t(`condition.${condition}`)
                }
              </span>
            </button>
          </li>`,
        )}
      </ul>
      ${
        orders.length > SHOWN
          ? html`<p class="quiet">${t("orders.more", { n: orders.length - SHOWN })}</p>`
          : ""
      }
    `;
  }
}

customElements.define("order-list", OrderList);
