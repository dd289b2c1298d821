// The signs that stand for priorities, parties and receipts: always a shape, never colour alone.

/** @import { DeliveryState, Role } from "./types.js" */
import { css, svg } from "lit";

const OUTLINES = {
  1: "M8 2h8l6 6v8l-6 6H8l-6-6V8z", // octagon
  2: "M12 2 23 21H1z", // triangle
  3: "M12 22 1 4h22z", // triangle on its point
};

/** Priority as shape, number and colour. @param {1 | 2 | 3} priority */
export const prioritySign = (priority) => svg`
  <svg class="sign priority${priority}" viewBox="0 0 24 24" aria-hidden="true">
    <path d=${OUTLINES[priority]} />
    <text x="12" y=${{ 1: 16.6, 2: 18, 3: 14 }[priority]} text-anchor="middle">${priority}</text>
  </svg>`;

/** The party's shape, as on the map. @param {Role} role */
export const partySign = (role) => svg`
  <svg class="sign party" viewBox="0 0 24 24" aria-hidden="true">
    ${
      role === "offender"
        ? svg`<path d="M12 2 22 12 12 22 2 12z" />`
        : svg`<circle cx="12" cy="12" r="7" /><circle class="ring" cx="12" cy="12" r="10.5" />`
    }
  </svg>`;

/** How far a message has come. @type {Record<DeliveryState, string>} */
export const RECEIPT = {
  queued: "○",
  sent: "✓",
  delivered: "✓✓",
  silenced: "✓✓",
  answered: "✓✓",
  failed: "✕",
  withdrawn: "–",
};

export const signStyles = css`
  .sign {
    width: 1.5rem;
    height: 1.5rem;
    flex: none;
    overflow: visible;
  }
  .sign text {
    font: 700 13px system-ui, sans-serif;
    fill: #000;
  }
  .priority1 {
    --colour: var(--p1);
  }
  .priority2 {
    --colour: var(--p2);
  }
  .priority3 {
    --colour: var(--p3);
  }
  .sign path {
    fill: var(--colour, var(--text));
    stroke: var(--colour, var(--text));
    stroke-width: 1.5;
  }
  /* An outline alone: somebody has taken it up. */
  .seen .sign path {
    fill: none;
  }
  .seen .sign text {
    fill: var(--colour);
  }
  .party {
    width: 1rem;
    height: 1rem;
    fill: var(--text);
  }
  .party .ring {
    fill: none;
    stroke: var(--text);
    stroke-width: 2;
  }
`;
