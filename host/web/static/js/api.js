// What the pages ask of the host: JSON both ways, errors in words, and whoever is logged in.

/** @import { Session } from "./types.js" */
import { has, t } from "./i18n.js";

const API = "/api/v1";
const WITHIN_MS = 15_000;

/** @typedef {{ ok: boolean, status: number, body: any, etag: string, why: string }} Answer
 * why: in words, where it is not ok */

// What the session's own page sends with whatever changes something.
let csrf = "";

/**
 * @param {string} method
 * @param {string} path below /api/v1
 * @param {unknown} [body]
 * @param {Record<string, string>} [headers]
 * @returns {Promise<Answer>}
 */
export async function ask(method, path, body, headers = {}) {
  /** @type {RequestInit} */
  const request = { method, headers: { ...headers }, signal: AbortSignal.timeout(WITHIN_MS) };
  if (method !== "GET") {
    request.headers = { ...headers, "X-CSRF-Token": csrf, "Content-Type": "application/json" };
    if (method !== "DELETE") request.body = JSON.stringify(body ?? {});
  }
  try {
    const answer = await fetch(`${API}${path}`, request);
    const said = answer.status === 204 ? null : await answer.json();
    if (said?.csrf) csrf = said.csrf;
    const why = answer.ok ? "" : wordsOf(said);
    return {
      ok: answer.ok,
      status: answer.status,
      body: said,
      etag: answer.headers.get("ETag") ?? "",
      why,
    };
  } catch (error) {
    const why = t("act.failed", { why: String(error) });
    return { ok: false, status: 0, body: null, etag: "", why };
  }
}

/** Who is logged in here: null for nobody, undefined where the host does not answer.
 * @returns {Promise<Session | null | undefined>} */
export async function whoIsHere() {
  const { ok, status, body } = await ask("GET", "/session");
  if (ok) return body;
  return status === 401 ? null : undefined;
}

/** The page that somebody begins with. @param {Session} session */
export function firstPage({ rights }) {
  if (rights.includes("console.watch")) return "/";
  return rights.includes("accounts.view") ? "/accounts" : "/account";
}

/** Why something was refused. @param {{ reason?: string, detail?: string } | null} problem */
function wordsOf(problem) {
  const key = `refusal.${problem?.reason}`;
  return has(key) ? t(key) : (problem?.detail ?? "");
}
