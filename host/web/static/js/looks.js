// The looks that parts of all pages share; colours are in css/console.css.

import { css } from "lit";

export const shared = css`
  :host {
    display: block;
  }
  * {
    box-sizing: border-box;
  }
  h2,
  h3,
  p,
  ul,
  dl,
  dd {
    margin: 0;
    padding: 0;
  }
  ul {
    list-style: none;
  }
  h2,
  h3 {
    font-size: 0.75rem;
    font-weight: 600;
    letter-spacing: 0.06em;
    text-transform: uppercase;
    color: var(--quiet);
  }
  button {
    font: inherit;
    color: inherit;
    background: var(--raised);
    border: 1px solid var(--edge);
    border-radius: 4px;
    min-height: 2rem;
    padding: 0 0.7rem;
    cursor: pointer;
  }
  button:hover:not(:disabled) {
    background: var(--hover);
  }
  button:disabled {
    color: var(--quiet);
    border-color: var(--line);
    cursor: default;
  }
  :focus-visible {
    outline: 2px solid var(--focus);
    outline-offset: 1px;
  }
  kbd {
    font: inherit;
    font-size: 0.8em;
    color: var(--quiet);
    border: 1px solid var(--edge);
    border-radius: 3px;
    padding: 0 0.3em;
    margin-left: 0.4em;
  }
  .word::first-letter {
    text-transform: uppercase;
  }
  .quiet {
    color: var(--quiet);
  }
  .unseen {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
`;

/** What is written or chosen in. */
export const fieldStyles = css`
  input:not([type="checkbox"]),
  select {
    font: inherit;
    color: var(--text);
    background: var(--ground);
    border: 1px solid var(--edge);
    border-radius: 4px;
    padding: 0.4rem 0.5rem;
  }
`;

/** Of the pages that are forms: who logs in, one's own account, everybody's. */
export const formStyles = css`
  :host {
    max-width: 60rem;
    margin: 0 auto;
    padding: 1.5rem 1rem 4rem;
  }
  h1 {
    font-size: 1.4rem;
    margin: 0 0 1rem;
  }
  h2 {
    margin: 2rem 0 0.6rem;
  }
  header,
  .buttons {
    display: flex;
    flex-wrap: wrap;
    gap: 0.6rem;
    align-items: center;
  }
  header > :nth-child(2) {
    margin-left: auto;
  }
  form {
    display: grid;
    gap: 0.8rem;
    justify-items: start;
    max-width: 28rem;
  }
  label,
  fieldset {
    display: grid;
    gap: 0.3rem;
    width: 100%;
  }
  fieldset {
    border: 1px solid var(--line);
    border-radius: 4px;
    padding: 0.6rem 0.8rem;
    grid-template-columns: repeat(auto-fill, minmax(11rem, 1fr));
  }
  fieldset label,
  .line {
    display: flex;
    gap: 0.5rem;
    align-items: center;
  }
  input:not([type="checkbox"]),
  select {
    width: 100%;
  }
  [role="alert"] {
    padding: 0.5rem 0.8rem;
    font-weight: 600;
    border: 1px solid var(--text);
    border-radius: 4px;
  }
  a {
    color: inherit;
  }
  table {
    border-collapse: collapse;
    width: 100%;
  }
  th,
  td {
    text-align: left;
    vertical-align: top;
    padding: 0.4rem 0.8rem 0.4rem 0;
    border-bottom: 1px solid var(--line);
  }
  .code {
    font-family: ui-monospace, monospace;
    font-size: 1.1rem;
    letter-spacing: 0.06em;
    overflow-wrap: anywhere;
  }
  .codes {
    columns: 2;
    max-width: 24rem;
  }
  .picture {
    display: block;
    background: #fff;
    max-width: 100%;
  }
`;
