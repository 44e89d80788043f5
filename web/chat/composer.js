/** Where a message is written: the text, its files, and the buttons to send and to stop. */

import { fill, h, icon, iconButton } from "./dom.js";
import { size, texts } from "./texts.js";
import { Uploads } from "./uploads.js";

const TALLEST = 220;

/** Fires "say" (detail: text and files) and "stop". */
export class Composer extends EventTarget {
  #chat;
  #uploads;
  #chooser;
  #files = h("ul", { class: "uploads", role: "list", "aria-label": texts.files, hidden: true });
  #problem = h("p", { class: "problem", role: "alert", hidden: true });
  #send = h("button", { type: "submit", class: "send", "aria-label": texts.send, title: texts.send }, icon("send"));
  #stop = h(
    "button",
    { type: "button", class: "send stop", "aria-label": texts.stop, title: `${texts.stop} (Esc)`, hidden: true },
    icon("stop"),
  );

  constructor(base, chat) {
    super();
    this.#chat = chat;
    this.#uploads = new Uploads(base, chat);
    this.#uploads.addEventListener("change", () => this.#changed());
    this.#chooser = h("input", {
      type: "file",
      multiple: true,
      hidden: true,
      tabindex: "-1",
      onchange: () => this.#chosen(),
    });
    this.input = h("textarea", {
      rows: "1",
      placeholder: texts.placeholder,
      "aria-label": texts.message,
      enterkeyhint: "send",
      oninput: () => this.#changed(),
      onkeydown: (event) => this.#key(event),
      onpaste: (event) => this.#pasted(event),
    });
    this.#stop.addEventListener("click", () => this.dispatchEvent(new CustomEvent("stop")));
    this.element = h(
      "form",
      { class: "composer", onsubmit: (event) => this.#submit(event) },
      this.#files,
      this.#problem,
      h(
        "div",
        { class: "line" },
        iconButton("attach", texts.attach, () => this.#chooser.click()),
        this.input,
        this.#stop,
        this.#send,
        this.#chooser,
      ),
    );
    this.#changed();
  }

  focus() {
    this.input.focus();
  }

  /** Take files that were dropped somewhere on the chat. */
  attach(files) {
    this.#uploads.add(files);
    this.focus();
  }

  /** Show what is possible now. */
  update() {
    const text = this.input.value;
    const limit = this.#chat.welcome?.limits.text ?? Infinity;
    const length = text.length > limit ? [...text].length : text.length;
    const tooLong = length > limit;
    const busy = this.#chat.busy.length > 0;
    const something = text.trim() !== "" || this.#uploads.ready.length > 0;
    const lacking = this.#uploads.failed && text.trim() !== "";
    const problem = tooLong ? texts.tooLong(length, limit) : lacking ? texts.failedFirst : "";
    if (problem !== this.#problem.textContent) fill(this.#problem, problem || []); // said once, not at each key
    this.#send.disabled = !something || tooLong || this.#uploads.pending || this.#uploads.failed;
    this.#send.title = this.#uploads.pending ? texts.uploadFirst : texts.send;
    this.#stop.hidden = !busy;
    this.#send.hidden = busy && !something;
  }

  #submit(event) {
    event.preventDefault();
    if (this.#send.disabled) return;
    const detail = { text: this.input.value.trim(), files: this.#uploads.take() };
    this.input.value = "";
    this.#changed();
    this.focus();
    this.dispatchEvent(new CustomEvent("say", { detail }));
  }

  /** Enter sends, Shift+Enter breaks the line; while a word is being composed Enter belongs to the keyboard. */
  #key(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.element.requestSubmit();
  }

  #pasted(event) {
    const files = [...(event.clipboardData?.files ?? [])];
    if (!files.length) return;
    event.preventDefault();
    this.attach(files);
  }

  #chosen() {
    this.attach([...this.#chooser.files]);
    this.#chooser.value = "";
  }

  #changed() {
    this.input.style.height = "auto";
    if (this.input.isConnected) this.input.style.height = `${Math.min(this.input.scrollHeight, TALLEST)}px`;
    fill(
      this.#files,
      this.#uploads.files.map((file) => this.#file(file)),
    );
    this.update();
  }

  #file(file) {
    const about = { uploading: texts.uploading(file.percent), ready: size(file.size), failed: file.problem }[
      file.state
    ];
    return h(
      "li",
      { class: "upload", "data-state": file.state },
      icon(file.state === "failed" ? "alert" : "file"),
      h("span", { class: "about" }, h("span", { class: "name" }, file.name), h("span", { class: "where" }, about)),
      file.state === "uploading" && h("progress", { max: 100, value: file.percent, "aria-label": file.name }),
      file.state === "failed" && file.source && iconButton("retry", texts.retry, () => this.#uploads.retry(file)),
      iconButton("close", texts.remove(file.name), () => {
        this.#uploads.remove(file);
        this.focus();
      }),
    );
  }
}
