// Names in groups that are made when needed and gone when empty.

export class Groups {
  /** @type {Map<string, Set<string>>} */ #groups = new Map();

  clear() {
    this.#groups.clear();
  }

  /** @param {string} group @returns {string[]} */
  of(group) {
    return [...(this.#groups.get(group) ?? [])];
  }

  /** @param {string} group @param {string} name */
  add(group, name) {
    const names = this.#groups.get(group) ?? new Set();
    this.#groups.set(group, names.add(name));
  }

  /** @param {string} group @param {string} name */
  delete(group, name) {
    const names = this.#groups.get(group);
    if (names?.delete(name) && !names.size) this.#groups.delete(group);
  }
}
