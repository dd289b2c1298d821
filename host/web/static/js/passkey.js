// Passkeys and security keys, as the browser has them (Web Authentication Level 3, 5.1).

import { ask } from "./api.js";
import { t } from "./i18n.js";

/** @import { Answer } from "./api.js" */

/** Makes one for whoever is logged in. @returns {Promise<Answer>} */
export function makePasskey() {
  return through("/account/passkey", async (options) => {
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
    return navigator.credentials.create({ publicKey });
  });
}

/** Shows one, to go on logging in. @returns {Promise<Answer>} */
export function showPasskey() {
  return through("/session/passkey", async (options) => {
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
    return navigator.credentials.get({ publicKey });
  });
}

/** @param {string} path @param {(options: any) => Promise<Credential | null>} use */
async function through(path, use) {
  const asked = await ask("POST", `${path}/options`);
  if (!asked.ok) return asked;
  try {
    const credential = /** @type {PublicKeyCredential | null} */ (await use(asked.body));
    return await ask("POST", path, { credential: credential?.toJSON() });
  } catch (error) {
    return { ...asked, ok: false, why: t("people.passkey_failed", { why: String(error) }) };
  }
}
