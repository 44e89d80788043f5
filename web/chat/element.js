/** <switchboard-chat>: puts the parts together and lets them hear each other. */

import { Chat } from "./chat.js";
import { Composer } from "./composer.js";
import { fill, h, icon, iconButton } from "./dom.js";
import { AddressMemory, TabMemory, loadTheme, saveTheme } from "./memory.js";
import { Notices } from "./notices.js";
import { Sidebar } from "./sidebar.js";
import { texts } from "./texts.js";
import { Thread } from "./thread.js";

const THEMES = ["auto", "light", "dark"];
const STYLES = ["base", "frame", "turns", "answer", "jobs", "composer"];
const NARROW = 820;
const HERE = new URL("..", import.meta.url);

/** One style sheet for all chats of a page, fetched once before the first is shown. */
export const style = { sheet: new CSSStyleSheet(), ready: loadStyle() };

async function loadStyle() {
  const sheets = STYLES.map(async (name) => (await fetch(new URL(`chat/styles/${name}.css`, HERE))).text());
  const css = (await Promise.all(sheets)).join("");
  style.sheet.replaceSync(css);
}

/**
 * Attributes: `mode` is "page" (fills its box and keeps the conversation in the address), "bubble" (a button in the
 * corner that opens it) or nothing (fills its box); `server` is the chat's address where the script is from elsewhere;
 * `socket` is the address of its socket where that is elsewhere again, such as at a gateway, and `ticket` an address of
 * the page's own site that answers with the ticket that the socket wants; `heading` is its name.
 */
export class SwitchboardChat extends HTMLElement {
  #built = false;
  #base;
  #chat;
  #memory;
  #sidebar;
  #thread;
  #composer;
  #panel;
  #main;
  #launcher;
  #theme;

  connectedCallback() {
    if (!this.#built) this.#build();
    this.#built = true;
    this.#memory = this.getAttribute("mode") === "page" ? new AddressMemory() : new TabMemory(this.#base.href);
    this.#memory.addEventListener("change", () => this.#open(this.#memory.conversation));
    if (this.#launcher === null) this.#open(this.#memory.conversation);
  }

  disconnectedCallback() {
    this.#memory.close();
    this.#chat.close();
  }

  #build() {
    this.#base = new URL(this.getAttribute("server") ?? HERE, document.baseURI);
    const socket = new URL(this.getAttribute("socket") ?? "/ws", this.#base);
    socket.protocol = socket.protocol.replace("http", "ws");
    this.#chat = new Chat(this.hasAttribute("ticket") ? () => this.#withTicket(socket) : socket);
    this.#sidebar = new Sidebar(this.#base);
    this.#composer = new Composer(this.#base, this.#chat);
    this.#thread = new Thread(this.#base, this.#chat, (text, files, answered) => this.#say(text, files, answered));
    this.#listen();
    this.#draw();
    this.#setTheme(loadTheme());
  }

  /** A ticket lives shortly: each connection takes a new one. */
  async #withTicket(socket) {
    const answer = await fetch(new URL(this.getAttribute("ticket"), document.baseURI), { cache: "no-store" });
    if (!answer.ok) throw new Error(`no ticket: ${answer.status}`);
    const url = new URL(socket);
    url.searchParams.set("ticket", (await answer.text()).trim());
    return url;
  }

  #draw() {
    const bubble = this.getAttribute("mode") === "bubble";
    const title = this.getAttribute("heading") ?? texts.title;
    const menu = iconButton("menu", texts.menu, () => this.#toggleSidebar(), { "aria-expanded": "false" });
    this.#theme = iconButton("auto", texts.theme.auto, () => this.#nextTheme());
    this.#main = h(
      "div",
      { class: "main" },
      h(
        "header",
        {},
        menu,
        h("h1", {}, title),
        this.#theme,
        iconButton("plus", texts.newChat, () => this.#choose(""), { class: "tool fresh" }),
        bubble && iconButton("close", texts.close, () => this.#showPanel(false)),
      ),
      this.#thread.element,
      h("div", { class: "bottom" }, this.#thread.latest, new Notices(this.#chat).element, this.#composer.element),
      h("div", { class: "drop", "aria-hidden": "true" }, icon("attach"), texts.drop),
    );
    const backdrop = h("div", { class: "backdrop", onclick: () => this.#showSidebar(false) });
    this.#panel = h(
      "section",
      { class: "panel", "aria-label": title, hidden: bubble },
      this.#sidebar.element,
      backdrop,
      this.#main,
      this.#thread.live,
      this.#thread.card.element,
    );
    this.#launcher = bubble
      ? h(
          "button",
          {
            type: "button",
            class: "launcher",
            "aria-label": texts.open,
            title: texts.open,
            onclick: () => this.#showPanel(true),
          },
          icon("chat"),
        )
      : null;
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [style.sheet];
    root.append(this.#panel, ...(this.#launcher ? [this.#launcher] : []));
    this.menu = menu;
    this.#showSidebar(!bubble && this.#isWide());
    let wide = this.#isWide();
    new ResizeObserver(() => wide !== this.#isWide() && this.#showSidebar((wide = !wide))).observe(this);
    this.#panel.addEventListener("keydown", (event) => this.#key(event));
    this.#acceptDrops();
  }

  #listen() {
    const chat = this.#chat;
    chat.addEventListener("welcome", () => {
      this.#sidebar.mark(chat.conversation);
      this.#sidebar.load();
      this.#composer.update();
    });
    chat.addEventListener("accepted", () => {
      this.#memory.conversation = chat.conversation;
      this.#sidebar.load();
    });
    for (const name of ["turn", "turns", "state"]) chat.addEventListener(name, () => this.#composer.update());
    this.#sidebar.addEventListener("choose", (event) => this.#choose(event.detail));
    this.#composer.addEventListener("say", ({ detail }) => this.#say(detail.text, detail.files));
    this.#composer.addEventListener("stop", () => chat.stop());
  }

  #say(text, files, answered) {
    this.#thread.follow();
    this.#chat.say(text, files, answered);
    this.#composer.focus();
  }

  #choose(conversation) {
    this.#memory.conversation = conversation;
    this.#open(conversation);
    if (!this.#isWide()) this.#showSidebar(false);
    this.#composer.focus();
  }

  #open(conversation) {
    this.#thread.follow();
    this.#sidebar.mark(conversation);
    this.#chat.open(conversation);
  }

  /** Escape closes what is on top; with nothing open it stops the answer. */
  #key(event) {
    if (event.key !== "Escape" || event.defaultPrevented || event.isComposing) return;
    if (this.#thread.card.hide()) return;
    if (this.#isSidebarOpen() && !this.#isWide()) this.#showSidebar(false);
    else if (this.#chat.busy.length) this.#chat.stop();
    else if (this.#launcher) this.#showPanel(false);
    else return;
    event.preventDefault();
  }

  #acceptDrops() {
    const isFile = (event) => event.dataTransfer?.types.includes("Files");
    this.#panel.addEventListener("dragover", (event) => {
      if (!isFile(event)) return;
      event.preventDefault();
      this.#main.classList.add("dropping");
    });
    this.#panel.addEventListener("dragleave", (event) => {
      if (!this.#panel.contains(event.relatedTarget)) this.#main.classList.remove("dropping");
    });
    this.#panel.addEventListener("drop", (event) => {
      this.#main.classList.remove("dropping");
      if (!isFile(event)) return;
      event.preventDefault();
      this.#composer.attach([...event.dataTransfer.files]);
    });
  }

  #isWide() {
    return this.#launcher === null && this.getBoundingClientRect().width >= NARROW;
  }

  #isSidebarOpen() {
    return this.#panel.classList.contains("listing");
  }

  #toggleSidebar() {
    this.#showSidebar(!this.#isSidebarOpen());
  }

  /** Where it is wide the list stands beside the chat; elsewhere it lies over it and takes the focus. */
  #showSidebar(open) {
    const was = this.#isSidebarOpen();
    const over = !this.#isWide();
    const elsewhere = !this.#main.contains(this.shadowRoot.activeElement);
    this.#panel.classList.toggle("listing", open);
    this.#sidebar.element.inert = !open;
    this.#main.inert = open && over;
    this.menu.setAttribute("aria-expanded", String(open));
    if (open && over) this.#sidebar.element.querySelector("button").focus();
    else if (was && over && elsewhere) this.menu.focus();
  }

  #showPanel(open) {
    this.#panel.hidden = !open;
    this.#launcher.hidden = open;
    if (open && !this.#chat.welcome) this.#open(this.#memory.conversation);
    if (open) this.#composer.focus();
    else this.#launcher.focus();
  }

  #nextTheme() {
    const next = THEMES[(THEMES.indexOf(this.dataset.theme ?? "auto") + 1) % THEMES.length];
    saveTheme(next);
    this.#setTheme(next);
  }

  #setTheme(theme) {
    this.dataset.theme = theme;
    fill(this.#theme, icon(theme));
    this.#theme.setAttribute("aria-label", texts.theme[theme]);
    this.#theme.title = texts.theme[theme];
  }
}
