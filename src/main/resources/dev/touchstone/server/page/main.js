/* The page: which conversation is shown, and the answer that is being written. */
import {explanation, models} from "./api.js";
import {button, byId, count, element} from "./dom.js";
import {clear, notice, report} from "./lines.js";
import {before, receive} from "./receive.js";
import {choice, edit, sampling} from "./settings.js";
import * as store from "./store.js";
import {thread} from "./thread.js";
import {hideTip} from "./tokens.js";

const STARTS = {
  chat: ["What is the capital of France?", "Write a short poem about the sea.", "Explain recursion with an example in Python."],
  text: ["Once upon a time", "There was once a king", "The fox and the"],
};
let available = [], current = null, running = null, view = null;

const model = () => available.find(one => one.id === current?.settings.model) ?? available[0];
const chats = () => model()?.chat ?? true;
const message = byId("message");

/* Starting, and choosing a conversation. */

async function start() {
  const failure = await models().then(found => { available = found; }, error => error);
  open(location.hash.slice(1));
  if (failure) refused(failure, start);
}

/** Shows an error; if the API key is wrong, also its field. */
function refused(error, again) {
  report(error, again);
  if (error.status === 401) settings(error.message);
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
  const length = one?.max_model_len;
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
  if (location.hash.slice(1) !== id) history.pushState(null, "", `#${id}`);
  open(id);
}

/* Writing an answer. */

function send(text) {
  if (running || (!text.trim() && (current.chat || !current.messages.length))) return;
  if (current.chat && !chats()) {
    return report(new Error(`${model().id} has no chat template, so it cannot answer in this conversation; choose another model or start a new one.`));
  }
  if (text) current.messages.push({role: "user", content: text});
  message.value = "";
  write();
}

async function write() {
  const conversation = current;
  const made = {role: "assistant", content: "", tokens: [], model: model()?.id, sampling: sampling(conversation.settings)};
  conversation.messages.push(made);
  conversation.used = Date.now();
  running = {conversation, message: made, controller: new AbortController()};
  clear();
  save(conversation);
  history.replaceState(null, "", `#${conversation.id}`);
  draw();
  toEnd(true);
  const error = await receive(running, () => {
    if (current !== conversation) return;
    const follows = atEnd();
    view.update(made);
    if (follows) toEnd(true);
  });
  running = null;
  if (!made.content && (made.stopped || made.error)) conversation.messages.pop();
  if (store.load(conversation.id)) save(conversation); // else it was deleted meanwhile
  if (current === conversation) draw();
  else drawRunning();
  if (error) refused(error, current === conversation ? actions.regenerate : undefined);
  toEnd();
  if (document.activeElement === document.body) message.focus({preventScroll: true});
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

function settings(message) {
  edit(current, () => {
    if (current.messages.length) save(current);
    else store.remember(current);
    if (!available.length) start();
    else draw();
  }, message);
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
    notice(`Imported ${count(store.imported(file.name, await file.text()), "conversation")}.`);
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
