// Which key does what an operator can do about an alarm.

/** @import { Verb } from "./types.js" */

/** @type {Record<Verb, string>} */
export const KEY_OF = {
  acknowledge: "a",
  resolve: "r",
  shelve: "p",
  withdraw: "o",
  resume: "u",
  call: "c",
};
