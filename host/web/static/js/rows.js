// A long list of which only the rows that are seen are drawn; each of one height.

const SPARE = 4; // drawn beyond what is seen, each way

/** From `first` up to `last`. @typedef {{ first: number, last: number }} Range */

export class Rows {
  #rem;

  /** @param {number} rem the height of one */
  constructor(rem) {
    this.#rem = rem;
  }

  /** In pixels; it changes with the size of the page's text. */
  get height() {
    return this.#rem * Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
  }

  /** The rows to be drawn of so many, once the list is scrolled to `top`.
   * @param {Element | null} list @param {number} total @param {number} top @returns {Range} */
  seen(list, total, top = list?.scrollTop ?? 0) {
    const { height } = this;
    const clientHeight = list?.clientHeight ?? 0;
    const first = Math.min(Math.floor(top / height) - SPARE, total - 1);
    const last = Math.ceil((top + clientHeight) / height) + SPARE;
    return { first: Math.max(0, first), last: Math.min(last, total) };
  }

  /** Gives the list's first and last child the height of the rows that are not drawn. By the object
   * model, since the page's policy refuses style attributes. (Padding would not do: no element is
   * made smaller than its own.) @param {Element} list @param {Range} drawn @param {number} total */
  leaveRoom(list, { first, last }, total) {
    const { height } = this;
    const [before, after] = [list.firstElementChild, list.lastElementChild];
    if (before instanceof HTMLElement) before.style.height = `${first * height}px`;
    if (after instanceof HTMLElement) after.style.height = `${(total - last) * height}px`;
  }

  /** How many are seen at once. @param {Element | null} list */
  fitting(list) {
    return Math.max(1, Math.floor((list?.clientHeight ?? 0) / this.height));
  }

  /** Where the list is scrolled to when as little as possible has shown the row.
   * @param {Element} list @param {number} at @param {number} top where it is scrolled to before */
  revealing({ clientHeight }, at, top) {
    const { height } = this;
    return at < 0 ? top : Math.min(at * height, Math.max((at + 1) * height - clientHeight, top));
  }
}
