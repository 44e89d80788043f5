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
    chat.addEventListener("welcome", () => {
      for (const file of this.files.filter((each) => each.waiting)) this.#send(file);
    });
  }

  get failed() {
    return this.files.some((file) => file.state === "failed");
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
        waiting: false,
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

  /** Until there is a conversation for the file to go to, it waits. */
  #send(file) {
    file.waiting = !this.#chat.conversation;
    if (file.waiting) return;
    if (this.#chat.welcome.line?.uploads === "address") return this.#sendPast(file);
    const address = new URL("/api/uploads", this.#base);
    address.search = new URLSearchParams({ conversation: this.#chat.conversation, name: file.name });
    const headers = { "Content-Type": file.source.type || "application/octet-stream" };
    this.#transfer(file, { method: "POST", address, headers, withCredentials: true });
  }

  /** Ask where the file can be put, by what it holds, and put it there. */
  async #sendPast(file) {
    try {
      const { name, size: bytes, source } = file;
      const digest = hex(await crypto.subtle.digest("SHA-256", await source.arrayBuffer()));
      const there = await this.#chat.askWhereTo({ name, media_type: source.type, size: bytes, digest });
      if (!this.files.includes(file)) return;
      this.#transfer(file, { method: "PUT", address: there.url, headers: there.headers, result: there.file });
    } catch (problem) {
      this.#fail(file, typeof problem === "string" ? problem : "");
    }
  }

  /** XMLHttpRequest, as only it tells how much has been sent. `result` is what is known of the file once it is there. */
  #transfer(file, { method, address, headers, withCredentials = false, result = null }) {
    const request = new XMLHttpRequest();
    request.open(method, address);
    request.withCredentials = withCredentials;
    request.responseType = result ? "text" : "json";
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => {
      file.percent = Math.floor((100 * event.loaded) / event.total);
      this.#changed();
    };
    request.onload = () => {
      const there = request.status === 200 || request.status === 201;
      if (there) Object.assign(file, result ?? request.response, { state: "ready", source: null });
      else this.#fail(file, result ? "" : request.response?.error?.text);
      if (!result && request.status >= 400 && request.status < 500) file.source = null;
      this.#changed();
    };
    request.onerror = () => this.#fail(file);
    file.request = request;
    request.send(file.source);
  }

  #fail(file, problem) {
    Object.assign(file, { state: "failed", problem: problem || texts.uploadFailed });
    this.#changed();
  }

  #changed() {
    this.dispatchEvent(new CustomEvent("change"));
  }
}

function hex(buffer) {
  return Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
