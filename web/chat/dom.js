/** Elements and icons, made without a line of HTML text, so that nothing here can be injected into. */

const SVG = "http://www.w3.org/2000/svg";

/** Strokes on a grid of 24, drawn for this widget. */
const ICONS = {
  alert: "M12 4 2.8 19.5h18.4L12 4ZM12 10v4.5M12 17.2v.1",
  attach: "m20 11.5-8.2 8.2a5 5 0 0 1-7.1-7.1l8.6-8.6a3.4 3.4 0 0 1 4.8 4.8l-8.5 8.5a1.7 1.7 0 0 1-2.4-2.4l7.8-7.8",
  auto: "M12 3.5a8.5 8.5 0 1 0 0 17ZM12 3.5a8.5 8.5 0 0 1 0 17",
  chat: "M4 5.5h16v11H10.5L6 20.5v-4H4Z",
  check: "m5 12.5 4.5 4.5L19 7.5",
  close: "m6 6 12 12M18 6 6 18",
  copy: "M9 9h10.5v10.5H9ZM5 15H4.5V4.5H15V5",
  dark: "M19.5 14A8 8 0 0 1 10 4.5a8 8 0 1 0 9.5 9.5Z",
  down: "m6 9.5 6 6 6-6",
  down_thumb: "M7 13V4H3.5v9ZM7 13l4 7.5a2.2 2.2 0 0 0 2.3-2.6l-.8-3.4H19a2 2 0 0 0 2-2.3l-1.1-6.5A2 2 0 0 0 17.9 4H7",
  file: "M6 3.5h8l4.5 4.5v12.5H6ZM14 3.5V8h4.5",
  light:
    "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8ZM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M18.7 5.3l-1.4 1.4M6.7 17.3l-1.4 1.4",
  menu: "M4 7h16M4 12h16M4 17h10",
  plus: "M12 5v14M5 12h14",
  retry: "M19 12a7 7 0 1 1-2.2-5.1M19.5 3.5V8H15",
  send: "M12 19.5v-15M5.5 11 12 4.5l6.5 6.5",
  up_thumb: "M7 11v9H3.5v-9ZM7 11l4-7.5a2.2 2.2 0 0 1 2.3 2.6l-.8 3.4H19a2 2 0 0 1 2 2.3l-1.1 6.5a2 2 0 0 1-2 1.7H7",
  stop: "M7 7h10v10H7Z",
};

/**
 * Make an element. Properties named `on...` are listeners, `null` and `false` are left out, `true` is an empty
 * attribute. Children are nodes or text.
 */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** An icon; decoration only, so screen readers pass over it. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  for (const [key, value] of [
    ["viewBox", "0 0 24 24"],
    ["aria-hidden", "true"],
    ["class", "icon"],
  ])
    svg.setAttribute(key, value);
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/** A button that shows an icon and says what it does. */
export function iconButton(name, label, onclick, properties = {}) {
  return h(
    "button",
    { type: "button", class: "tool", "aria-label": label, title: label, onclick, ...properties },
    icon(name),
  );
}

/** Put nodes in an element in place of what is there, and hide it when there are none. */
export function fill(element, ...children) {
  const nodes = children.flat().filter((child) => child !== null && child !== undefined && child !== false);
  element.replaceChildren(...nodes);
  element.hidden = nodes.length === 0;
}
