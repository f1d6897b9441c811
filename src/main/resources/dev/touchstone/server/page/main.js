/* The page: which conversation is shown, and the answer that is being written. */
import {answer, explanation, models} from "./api.js";
import {button, byId, count, element} from "./dom.js";
import {choice, edit, sampling} from "./settings.js";
import * as store from "./store.js";
import {thread} from "./thread.js";
import {hideTip} from "./tokens.js";

const STARTS = {
  chat: ["What is the capital of France?", "Write a short poem about the sea.", "Explain recursion with an example in Python."],
  text: ["Once upon a time", "There was once a king", "The fox and the"],
};
const LIKELIEST = 5;
let available = [], current = null, running = null, view = null;

const model = () => available.find(one => one.id === current?.settings.model) ?? available[0];
const chats = () => model()?.touchstone?.chat ?? true;
const message = byId("message");

/* Starting, and choosing a conversation. */

async function start() {
  clear();
  try {
    available = await models();
  } catch (error) {
    report(error, start);
    if (error.status === 401) settings("key");
  }
  open(location.hash.slice(1));
}

/** Shows a conversation, or an empty one if there is none with this id. */
function open(id) {
  clear();
  current = running?.conversation.id === id ? running.conversation : store.load(id) ?? store.create(chats());
  if (!current.messages.length) current.chat = chats();
  draw();
  listOpen(false);
}

function draw() {
  hideTip();
  view = thread(current, running?.conversation === current ? running.message : null, actions);
  byId("thread").replaceChildren(...system(), ...(current.messages.length ? view.nodes : empty()));
  byId("thread").dataset.tokens = choice(current.settings, "tokens");
  byId("title").textContent = current.messages.length ? store.title(current) : current.chat ? "Ask the model" : "Continue a text";
  document.title = `${byId("title").textContent} · Touchstone`;
  const label = current.chat ? "Message" : current.messages.length ? "Text to add; empty to continue" : "Text to continue";
  byId("message-label").textContent = label;
  message.placeholder = label;
  byId("send").textContent = current.chat ? "Send" : "Continue";
  drawModels();
  drawRunning();
  drawList();
}

const system = () => current.chat && current.system
  ? [element("p", {class: "system soft"}, element("b", {}, "System prompt: "), current.system)] : [];

function empty() {
  const one = model(), starts = STARTS[current.chat ? "chat" : "text"];
  const length = one?.touchstone?.context_length;
  const about = current.chat ? "Conversations stay in this browser." : "This model has no chat template: it continues a text. Texts stay in this browser.";
  return [element("section", {class: "welcome"},
    element("p", {}, length ? `${one.id} reads up to ${count(length, "token")}. ${about}` : about),
    element("div", {class: "starts"}, ...starts.map(text => button(text, () => send(text)))))];
}

function drawModels() {
  const one = model(), menu = byId("model");
  menu.hidden = !available.length;
  menu.replaceChildren(...available.map(other => element("option", {value: other.id, selected: other === one}, other.id)));
}

function drawRunning() {
  byId("send").hidden = running !== null;
  byId("stop").hidden = running === null;
}

function drawList() {
  byId("list").replaceChildren(...store.all().map(conversation => {
    const name = store.title(conversation), here = conversation.id === current.id;
    return element("li", {}, element("a", {href: `#${conversation.id}`, "aria-current": here ? "page" : undefined}, name),
      button("×", () => remove(conversation), {class: "remove", "aria-label": `Delete ${name}`}));
  }));
}

function remove(conversation) {
  if (running?.conversation.id === conversation.id) running.controller.abort();
  store.remove(conversation.id);
  if (conversation.id === current.id) go("");
  else drawList();
  notice(`Deleted “${store.title(conversation)}”.`, "Undo", () => {
    store.save(conversation);
    go(conversation.id);
  });
}

/** Goes to a conversation; an empty id is a new one. */
function go(id) {
  if (location.hash.slice(1) === id) open(id);
  else location.hash = id;
}

/* Lines for the reader. */

function clear() {
  byId("error").replaceChildren();
  byId("notice").replaceChildren();
}
function report(error, again) {
  byId("error").replaceChildren(error.message, ...(again ? [" ", button("Try again", again)] : []));
}
function notice(text, label, act) {
  byId("notice").replaceChildren(text, " ", button(label, act));
}

/** Announces the sentences of an answer as they are completed; at the end the rest. */
function announcer() {
  const log = byId("log");
  let from = 0;
  log.replaceChildren();
  return (text, done) => {
    const ends = [...text.slice(from).matchAll(/[.!?:…]["”’)*]*\s|\n/g)];
    const to = done ? text.length : ends.length ? from + ends.at(-1).index + ends.at(-1)[0].length : from;
    if (text.slice(from, to).trim()) log.append(element("p", {}, text.slice(from, to)));
    from = to;
  };
}

/* Writing an answer. */

function send(text) {
  if (running || (!text.trim() && (current.chat || !current.messages.length))) return;
  if (text) current.messages.push({role: "user", content: text});
  message.value = "";
  write();
}

/** What precedes an answer, as the server wants it. */
function before(conversation, made) {
  const messages = conversation.messages.slice(0, conversation.messages.indexOf(made)).map(({role, content}) => ({role, content}));
  if (!conversation.chat) return {prompt: messages.map(one => one.content).join("")};
  return {messages: conversation.system ? [{role: "system", content: conversation.system}, ...messages] : messages};
}

async function write() {
  const conversation = current, one = model();
  if (conversation.chat && !chats()) {
    return report(new Error(`${one.id} has no chat template, so it cannot answer in this conversation; choose another model or start a new one.`));
  }
  const made = {role: "assistant", content: "", tokens: [], model: one?.id ?? "the model", sampling: sampling(conversation.settings)};
  conversation.messages.push(made);
  conversation.used = Date.now();
  running = {conversation, message: made, controller: new AbortController()};
  save(conversation);
  history.replaceState(null, "", `#${conversation.id}`);
  clear();
  draw();
  toEnd(true);
  await receive(running);
  running = null;
  if (store.load(conversation.id)) save(conversation); // else it was deleted meanwhile
  if (current === conversation) draw();
  else drawRunning();
  toEnd();
  message.focus({preventScroll: true});
}

/** Adds to the message what the server sends, until it ends, fails or is stopped. */
async function receive({conversation, message: made, controller}) {
  const wanted = choice(conversation.settings, "tokens") !== "off";
  const logprobs = !wanted ? {} : conversation.chat ? {logprobs: true, top_logprobs: LIKELIEST} : {logprobs: LIKELIEST};
  const body = {model: made.model, ...before(conversation, made), ...made.sampling, ...logprobs};
  const announce = announcer(), path = conversation.chat ? "v1/chat/completions" : "v1/completions";
  let first = 0, frame = 0;
  try {
    for await (const part of answer(path, body, controller.signal)) {
      first ||= performance.now();
      made.content += part.text;
      made.tokens.push(...part.tokens);
      made.finish = part.finish ?? made.finish;
      made.usage = part.usage ?? made.usage;
      made.proof = part.proof ?? made.proof;
      frame ||= requestAnimationFrame(() => {
        frame = 0;
        if (current !== conversation) return;
        const follows = atEnd();
        view.update(made);
        if (follows) toEnd(true);
      });
      announce(made.content, false);
    }
  } catch (error) {
    if (error.name === "AbortError") made.stopped = true;
    else {
      made.error = error.message;
      if (current === conversation) report(error, made === conversation.messages.at(-1) ? actions.regenerate : null);
    }
  }
  cancelAnimationFrame(frame);
  announce(made.content, true);
  const n = made.usage?.completion_tokens ?? made.tokens.length;
  if (n > 1) made.rate = (n - 1) / ((performance.now() - first) / 1000);
  if (!made.content && (made.stopped || made.error)) conversation.messages.pop();
}

function save(conversation) {
  try {
    store.save(conversation);
  } catch (error) {
    report(error);
  }
}

const atEnd = () => innerHeight + scrollY >= document.documentElement.scrollHeight - 60;
function toEnd(always = atEnd()) {
  if (always) scrollTo({top: document.documentElement.scrollHeight, behavior: "instant"});
}

const actions = {
  redraw: draw,
  edit(index, content) {
    current.messages.length = index;
    current.messages.push({role: "user", content});
    if (current.chat) write();
    else {
      save(current);
      draw();
    }
  },
  regenerate() {
    if (running) return;
    if (current.messages.at(-1)?.role === "assistant") current.messages.pop();
    write();
  },
  async explain(made) {
    clear();
    try {
      return await explanation({model: made.model, ...before(current, made), ...made.sampling});
    } catch (error) {
      report(error);
      return null;
    }
  },
};

function settings(field) {
  edit(current ?? store.create(true), () => {
    if (current.messages.length) save(current);
    if (!available.length) start();
    else draw();
  }, field);
}

/* Events. */

function listOpen(shown) {
  byId("side").classList.toggle("open", shown);
  byId("show-list").setAttribute("aria-expanded", shown);
}

byId("composer").addEventListener("submit", event => {
  event.preventDefault();
  send(message.value);
});
message.addEventListener("keydown", event => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  send(message.value);
});
document.addEventListener("keydown", event => {
  if (event.key !== "Escape" || byId("settings").open || hideTip()) return;
  if (running) running.controller.abort();
  else listOpen(false);
});
byId("stop").addEventListener("click", () => running?.controller.abort());
byId("create").addEventListener("click", () => {
  go("");
  message.focus();
});
byId("show-list").addEventListener("click", () => listOpen(!byId("side").classList.contains("open")));
byId("show-settings").addEventListener("click", () => settings());
byId("model").addEventListener("change", event => {
  current.settings.model = event.target.value;
  if (current.messages.length) save(current);
  else current.chat = chats();
  draw();
});
byId("export").addEventListener("click", () => {
  const url = URL.createObjectURL(new Blob([store.exported()], {type: "application/json"}));
  element("a", {href: url, download: "conversations.json"}).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
});
byId("import").addEventListener("click", () => byId("file").click());
byId("file").addEventListener("change", async event => {
  const [file] = event.target.files;
  clear();
  try {
    byId("notice").textContent = `Imported ${count(store.imported(file.name, await file.text()), "conversation")}.`;
  } catch (error) {
    report(error);
  }
  event.target.value = "";
  drawList();
});
addEventListener("hashchange", () => open(location.hash.slice(1)));
addEventListener("storage", () => running?.conversation === current || !store.load(current.id) ? drawList() : open(current.id));
addEventListener("pagehide", () => running && save(running.conversation));
start();
