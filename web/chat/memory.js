/** What the browser remembers: which conversation is shown here, and which colours somebody likes. */

const THEME = "switchboard:theme";

/** The conversation in the page's address, so that a reload, a bookmark and a second tab find it. */
export class AddressMemory extends EventTarget {
  #changed = () => this.dispatchEvent(new CustomEvent("change"));

  constructor() {
    super();
    addEventListener("hashchange", this.#changed);
  }

  get conversation() {
    return new URLSearchParams(location.hash.slice(1)).get("c") ?? "";
  }

  set conversation(id) {
    if (id === this.conversation) return;
    history.pushState(null, "", id ? `#${new URLSearchParams({ c: id })}` : location.pathname + location.search);
  }

  close() {
    removeEventListener("hashchange", this.#changed);
  }
}

/** The conversation in this tab's storage, for a page that is not ours and whose address is not ours to change. */
export class TabMemory extends EventTarget {
  #key;

  constructor(base) {
    super();
    this.#key = `switchboard:conversation:${base}`;
  }

  get conversation() {
    return attempt(() => sessionStorage.getItem(this.#key)) ?? "";
  }

  set conversation(id) {
    attempt(() => (id ? sessionStorage.setItem(this.#key, id) : sessionStorage.removeItem(this.#key)));
  }

  close() {}
}

/** "auto", "light" or "dark". */
export function loadTheme() {
  const theme = attempt(() => localStorage.getItem(THEME));
  return theme === "light" || theme === "dark" ? theme : "auto";
}

export function saveTheme(theme) {
  attempt(() => localStorage.setItem(THEME, theme));
}

/** Storage can be switched off; then nothing is remembered, and nothing else breaks. */
function attempt(action) {
  try {
    return action();
  } catch {
    return null;
  }
}
