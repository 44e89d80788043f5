/**
 * The chat widget: one script tag is enough.
 *
 *     <script type="module" src="https://chat.example.com/switchboard.js"></script>
 *
 * puts a button in the corner that opens the chat. A page that holds a <switchboard-chat> of its own decides where it
 * is; `switchboard.js?manual` never adds one.
 */

import { SwitchboardChat, style } from "./chat/element.js";

await style.ready;
if (!customElements.get("switchboard-chat")) customElements.define("switchboard-chat", SwitchboardChat);

const wanted = !new URL(import.meta.url).searchParams.has("manual");
if (wanted && !document.querySelector("switchboard-chat")) {
  const chat = document.createElement("switchboard-chat");
  chat.setAttribute("mode", "bubble");
  document.body.append(chat);
}
