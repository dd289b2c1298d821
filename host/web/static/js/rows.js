// A long list of which only the rows that are seen are drawn; each of one height.

export const ROW_REM = 3.2;
const SPARE = 4; // drawn beyond what is seen, each way

/** In pixels; it changes with the size of the page's text. */
const rowHeight = () =>
  ROW_REM * Number.parseFloat(getComputedStyle(document.documentElement).fontSize);

/** Rows of a list: from `first` up to `last`. @typedef {{ first: number, last: number }} Rows */

/** The rows to be drawn of so many. @param {Element | null} list @param {number} total @returns {Rows} */
export function rowsSeen(list, total) {
  const height = rowHeight();
  const { clientHeight = 0, scrollTop = 0 } = list ?? {};
  const first = Math.min(Math.floor(scrollTop / height) - SPARE, total - 1);
  const last = Math.ceil((scrollTop + clientHeight) / height) + SPARE;
  return { first: Math.max(0, first), last: Math.min(last, total) };
}

/** Gives the list's first and last child the height of the rows that are not drawn. By the object
 * model, since the page's policy refuses style attributes. (Padding would not do: no element is
 * made smaller than its own.) @param {Element} list @param {Rows} drawn @param {number} total */
export function leaveRoom(list, { first, last }, total) {
  const height = rowHeight();
  const [before, after] = [list.firstElementChild, list.lastElementChild];
  if (before instanceof HTMLElement) before.style.height = `${first * height}px`;
  if (after instanceof HTMLElement) after.style.height = `${(total - last) * height}px`;
}

/** How many rows are seen at once. @param {Element | null} list */
export const rowsIn = (list) => Math.max(1, Math.floor((list?.clientHeight ?? 0) / rowHeight()));

/** Scrolls as little as shows the row. @param {Element | null} list @param {number} at */
export function reveal(list, at) {
  if (!list || at < 0) return;
  const height = rowHeight();
  const lowest = (at + 1) * height - list.clientHeight;
  list.scrollTop = Math.min(at * height, Math.max(lowest, list.scrollTop));
}
