/** The line above the composer: how the connection is, and what went wrong apart from any message. */

import { fill, h, iconButton } from "./dom.js";
import { texts } from "./texts.js";

const PATIENT_ATTEMPTS = 4;

export class Notices {
  #chat;
  #connection = h("div", { class: "notice", role: "status", hidden: true });
  #problem = h("div", { class: "notice error", role: "alert", hidden: true });

  constructor(chat) {
    this.#chat = chat;
    this.element = h("div", { class: "notices" }, this.#connection, this.#problem);
    chat.addEventListener("state", () => this.#showConnection());
    chat.addEventListener("problem", (event) => this.#showProblem(event.detail));
  }

  /** The first connecting is not worth a word; a loss is told at once, and louder when it lasts. */
  #showConnection() {
    const { state, attempts, welcome } = this.#chat;
    const lasting = attempts > PATIENT_ATTEMPTS;
    if (state === "open" || state === "refused" || (attempts === 0 && state === "connecting"))
      return fill(this.#connection);
    const words = lasting ? texts.lost : welcome ? texts.reconnecting : texts.connecting;
    fill(
      this.#connection,
      h("span", { class: "spinner" }),
      h("span", {}, words),
      lasting && h("button", { type: "button", onclick: () => this.#chat.retryNow() }, texts.tryNow),
    );
  }

  #showProblem({ text, incident, code }) {
    fill(
      this.#problem,
      h("span", {}, text, incident && h("small", {}, ` ${texts.incident(incident)}`)),
      code === "version"
        ? h("button", { type: "button", onclick: () => location.reload() }, texts.reload)
        : iconButton("close", texts.dismiss, () => fill(this.#problem)),
    );
  }
}
