/* Conversations, in this browser's storage: each under a key of its own, so that two tabs do not overwrite each other's. */
const PREFIX = "touchstone.conversation.";
const FORMAT = "touchstone-conversations";
const LAST = "touchstone.settings";

const parsed = text => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

/** All conversations, the one that was used last first. */
export function all() {
  const keys = Array.from({length: localStorage.length}, (_, i) => localStorage.key(i)).filter(key => key.startsWith(PREFIX));
  return keys.map(key => parsed(localStorage.getItem(key))).filter(found => found && !problem(found)).sort((a, b) => b.used - a.used);
}

export const load = id => all().find(conversation => conversation.id === id);

/** Saves a conversation. If the storage is full, probabilities of the oldest answers are dropped first. */
export function save(conversation) {
  for (;;) {
    try {
      localStorage.setItem(PREFIX + conversation.id, JSON.stringify(conversation));
      remember(conversation);
      return;
    } catch (error) {
      if (error.name !== "QuotaExceededError") throw error;
      if (!dropTokens(conversation)) throw new Error("This browser's storage is full; export and delete conversations.");
    }
  }
}

/** Keeps the settings of a conversation for new ones. */
export const remember = ({settings, system}) => localStorage.setItem(LAST, JSON.stringify({settings, system}));

/** Drops the probabilities of the oldest answer that has some; returns whether there was one. */
function dropTokens(conversation) {
  for (const old of [...all().filter(other => other.id !== conversation.id).reverse(), conversation]) {
    const answer = old.messages.find(message => message.tokens?.length);
    if (!answer) continue;
    delete answer.tokens;
    if (old !== conversation) localStorage.setItem(PREFIX + old.id, JSON.stringify(old));
    return true;
  }
  return false;
}

export const remove = id => localStorage.removeItem(PREFIX + id);

/** A conversation without messages, with the settings that were used last. */
export function create(chat) {
  const {settings = {}, system = ""} = parsed(localStorage.getItem(LAST)) ?? {};
  return {id: crypto.getRandomValues(new Uint32Array(2)).join("-"), chat, used: Date.now(), system, settings: {...settings}, messages: []};
}

/** The first line of a conversation, at most 60 characters of it. */
export function title(conversation) {
  const text = conversation.messages[0]?.content.trim().split("\n")[0] ?? "";
  return text.length > 60 ? `${text.slice(0, 59)}…` : text || "New conversation";
}

export const exported = () => JSON.stringify({format: FORMAT, version: 1, conversations: all()}, null, 1);

/** Adds the conversations of an exported file; returns their number. One whose id exists already with other content gets a new id. */
export function imported(name, text) {
  const file = parsed(text);
  if (file?.format !== FORMAT || !Array.isArray(file.conversations)) throw new Error(`${name} is not a file that this page exported.`);
  file.conversations.forEach((conversation, i) => {
    const found = problem(conversation);
    if (found) throw new Error(`${name} has no valid ${found} in conversation ${i + 1}; nothing was imported.`);
  });
  for (const conversation of file.conversations) {
    const known = localStorage.getItem(PREFIX + conversation.id);
    if (known && known !== JSON.stringify(conversation)) conversation.id = create(conversation.chat).id;
    save(conversation);
  }
  return file.conversations.length;
}

/** The name of the first part of a conversation that has not the right form; undefined if there is none. */
function problem(conversation) {
  const {id, chat, used, system, settings, messages} = conversation ?? {};
  if (typeof id !== "string" || !id) return "id";
  if (typeof chat !== "boolean") return "chat";
  if (!Number.isFinite(used)) return "used";
  if (typeof system !== "string") return "system";
  if (!settings || typeof settings !== "object") return "settings";
  const right = message => ["user", "assistant"].includes(message?.role) && typeof message.content === "string" && tokensAreRight(message.tokens);
  return Array.isArray(messages) && messages.every(right) ? undefined : "messages";
}

const tokensAreRight = tokens => tokens === undefined || (Array.isArray(tokens) && tokens.every(token => token && typeof token.text === "string"
  && Number.isFinite(token.size) && Number.isFinite(token.logprob) && Array.isArray(token.top)
  && token.top.every(other => Array.isArray(other) && typeof other[0] === "string" && Number.isFinite(other[1]))));
