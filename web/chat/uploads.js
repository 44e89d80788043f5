/** Files on their way to the server, before the message that mentions them. */

import { size, texts } from "./texts.js";

/**
 * The files of the message that is being written. Fires "change".
 *
 * A file is {name, size, state: "uploading" | "ready" | "failed", percent, problem, digest, link, media_type}.
 */
export class Uploads extends EventTarget {
  #base;
  #chat;
  files = [];

  constructor(base, chat) {
    super();
    this.#base = base;
    this.#chat = chat;
  }

  get pending() {
    return this.files.some((file) => file.state === "uploading");
  }

  get ready() {
    return this.files.filter((file) => file.state === "ready");
  }

  /** Take files that were chosen, dropped or pasted. What is too much is said before a byte is sent. */
  add(chosen) {
    for (const source of chosen) {
      const file = {
        name: source.name || "file",
        size: source.size,
        percent: 0,
        source,
        state: "uploading",
        problem: "",
      };
      file.problem = this.#problem(file);
      this.files.push(file);
      if (file.problem) Object.assign(file, { state: "failed", source: null });
      else this.#send(file);
    }
    this.#changed();
  }

  retry(file) {
    Object.assign(file, { state: "uploading", percent: 0, problem: "" });
    this.#send(file);
    this.#changed();
  }

  remove(file) {
    file.request?.abort();
    this.files = this.files.filter((each) => each !== file);
    this.#changed();
  }

  /** The files that are ready, to go with a message; none are left here. */
  take() {
    const ready = this.ready;
    this.files = [];
    this.#changed();
    return ready;
  }

  #problem({ size: bytes }) {
    const limits = this.#chat.welcome?.limits;
    if (bytes === 0) return texts.emptyFile;
    if (limits && bytes > limits.upload) return texts.tooLarge(size(bytes), size(limits.upload));
    const taken = this.files.filter((file) => file.state !== "failed").length;
    return limits && taken >= limits.attachments ? texts.tooMany(limits.attachments) : "";
  }

  /** XMLHttpRequest, as only it tells how much has been sent. */
  #send(file) {
    if (!this.#chat.conversation) {
      Object.assign(file, { state: "failed", problem: texts.uploadFailed });
      return;
    }
    const request = new XMLHttpRequest();
    const address = new URL("/api/uploads", this.#base);
    address.search = new URLSearchParams({ conversation: this.#chat.conversation, name: file.name });
    request.open("POST", address);
    request.withCredentials = true;
    request.responseType = "json";
    request.setRequestHeader("Content-Type", file.source.type || "application/octet-stream");
    request.upload.onprogress = (event) => {
      file.percent = Math.floor((100 * event.loaded) / event.total);
      this.#changed();
    };
    request.onload = () => {
      if (request.status === 201) Object.assign(file, request.response, { state: "ready", source: null });
      else Object.assign(file, { state: "failed", problem: request.response?.error?.text ?? texts.uploadFailed });
      if (request.status >= 400 && request.status < 500) file.source = null;
      this.#changed();
    };
    request.onerror = () => {
      Object.assign(file, { state: "failed", problem: texts.uploadFailed });
      this.#changed();
    };
    file.request = request;
    request.send(file.source);
  }

  #changed() {
    this.dispatchEvent(new CustomEvent("change"));
  }
}
