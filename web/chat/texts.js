/** Every sentence that the widget says. */

export const texts = {
  title: "Switchboard",
  open: "Open the chat",
  close: "Close the chat",
  conversation: "Conversation",
  conversations: "Conversations",
  noConversations: "Your conversations will be listed here.",
  newChat: "New chat",
  menu: "Show or hide the conversations",
  greeting: "What would you like to know?",
  about: (documents) =>
    documents === 0
      ? "There are no documents yet that you can read. You can still attach a file and ask about it."
      : `Ask about the ${plural(documents, "document")} in the library, or attach a file.`,
  model: (name, notice) => `${asWord(name)} model: ${notice}.`,
  placeholder: "Ask a question",
  message: "Message",
  send: "Send",
  stop: "Stop",
  attach: "Attach files",
  drop: "Drop files to attach them",
  remove: (name) => `Remove ${name}`,
  uploading: (percent) => `Uploading, ${percent} %`,
  uploadFirst: "Wait until the files have been uploaded.",
  failedFirst: "A file is not there. Try it again, or remove it and send the message without it.",
  tooLarge: (size, limit) => `${size} is too large; ${limit} is the most`,
  tooMany: (limit) => `At most ${limit} files fit with one message`,
  emptyFile: "This file is empty",
  uploadFailed: "It did not arrive. Try again",
  tooLong: (length, limit) =>
    `${plural(length)} of ${plural(limit, "character")}. Shorten the message, or attach it as a file.`,
  you: "You said",
  answer: "Answer",
  sending: "Sending",
  waiting: "Will be sent when the connection is back",
  queued: (ahead) => (ahead > 1 ? `Waiting behind ${ahead} messages` : "Waiting for the answer before"),
  thinking: "Thinking",
  sources: "Sources",
  source: (citation) =>
    `Source ${citation.number}: ${citation.title || citation.source}${citation.page ? `, page ${citation.page}` : ""}`,
  moreSources: (count) => `Show ${count} more`,
  page: (page) => `Page ${page}`,
  files: "Files",
  copy: "Copy",
  copied: "Copied",
  copyCode: "Copy code",
  retry: "Try again",
  rate: "Was this answer helpful?",
  helpful: "Helpful",
  unhelpful: "Not helpful",
  why: "What was wrong? (optional)",
  tell: "Send",
  thanks: "Thank you for telling us.",
  stopped: "You stopped this answer.",
  partial: "This answer is incomplete.",
  incident: (id) => `Reference ${id}`,
  working: "Working on it",
  silent: "No news for a while. If the work was cut off, it is taken up again by itself.",
  cancel: "Cancel",
  cancelling: "Cancelling",
  ended: { succeeded: "Done", partial: "Done in part", failed: "Failed", cancelled: "Cancelled" },
  seeBelow: "see below",
  resultOf: "Result of",
  resultOfEarlier: "Result of an earlier question",
  elapsed: (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`,
  latest: "Go to the newest",
  earlier: "Show earlier messages",
  connecting: "Connecting",
  reconnecting: "Reconnecting",
  lost: "The assistant can't be reached. Trying again.",
  reload: "Reload",
  tryNow: "Try now",
  dismiss: "Dismiss",
  theme: { auto: "Colours: as on this device", light: "Colours: light", dark: "Colours: dark" },
  tool: { complete: "done", partial: "done in part", failed: "failed", cancelled: "stopped" },
  missing: (things) => `Missing: ${things.join("; ")}`,
  copiedSources: "Sources",
  today: "Today",
  before: "Earlier",
};

/** A number, with what is counted: "1 document", "2,000 documents". */
function plural(count, thing = "") {
  return `${count.toLocaleString("en")} ${thing}${thing && count !== 1 ? "s" : ""}`.trim();
}

/** A model's name at the beginning of a sentence: "embedded" is "Embedded", "provider:Model-2" stays. */
function asWord(name) {
  return /^[a-z]+$/.test(name) ? name[0].toUpperCase() + name.slice(1) : name;
}

const UNITS = [
  ["GB", 1e9],
  ["MB", 1e6],
  ["kB", 1e3],
];

/** Bytes for people: "1.5 MB". */
export function size(bytes) {
  const [unit, scale] = UNITS.find(([, each]) => bytes >= each) ?? ["bytes", 1];
  return `${Number((bytes / scale).toPrecision(3)).toLocaleString("en")} ${unit}`;
}

/** A tool's name for people: "search_documents" is "Search documents". */
export function toolName(name) {
  const words = name.replace(/[_-]+/g, " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
