/** What a person thinks of an answer: two buttons and, where it was no help, room to say why. */

import { h, iconButton } from "./dom.js";
import { texts } from "./texts.js";

const LONGEST = 2_000;

export class Rating {
  #turn;
  #chat;
  #good = iconButton("up_thumb", texts.helpful, () => this.#rate("good"));
  #bad = iconButton("down_thumb", texts.unhelpful, () => this.#rate("bad"));
  #field = h("input", { type: "text", class: "why", maxlength: LONGEST, "aria-label": texts.why, placeholder: texts.why });
  #form = h(
    "form",
    { hidden: true, onsubmit: (event) => this.#tell(event) },
    this.#field,
    h("button", { type: "submit", class: "option" }, texts.tell),
  );
  #thanks = h("span", { class: "note", role: "status" });

  /** `chat` gives rate(turn, verdict, comment). */
  constructor(turn, chat) {
    this.#turn = turn;
    this.#chat = chat;
    this.element = h(
      "div",
      { class: "rating", role: "group", "aria-label": texts.rate },
      this.#good,
      this.#bad,
      this.#thanks,
      this.#form,
    );
    this.update();
  }

  /** Show the opinion as it is now. What has the focus stays, as only what it shows is changed. */
  update() {
    const verdict = this.#turn.feedback?.verdict;
    this.#good.setAttribute("aria-pressed", String(verdict === "good"));
    this.#bad.setAttribute("aria-pressed", String(verdict === "bad"));
    if (!verdict) this.#close("");
  }

  #rate(verdict) {
    if (this.#turn.feedback?.verdict !== verdict) this.#chat.rate(this.#turn, verdict, "");
    if (verdict === "good") return this.#close(texts.thanks);
    this.#close("");
    this.#field.value = this.#turn.feedback.comment;
    this.#form.hidden = false;
    this.#field.focus();
  }

  #tell(event) {
    event.preventDefault();
    const comment = this.#field.value.trim();
    if (comment !== this.#turn.feedback.comment) this.#chat.rate(this.#turn, "bad", comment);
    this.#bad.focus();
    this.#close(texts.thanks);
  }

  #close(words) {
    this.#form.hidden = true;
    this.#thanks.textContent = words;
  }
}
