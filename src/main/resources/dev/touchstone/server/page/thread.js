/* The messages of a conversation, or the text of one without a chat template. */
import {button, count, element} from "./dom.js";
import {copyButton, markdown, plainText} from "./markdown.js";
import {choice} from "./settings.js";
import {follow, reachable, tokenLeaf} from "./tokens.js";

/**
 * The elements of a conversation, and `update`, which shows what was added to the message that is being written.
 * @param actions what the buttons do: edit, regenerate, explain
 */
export function thread(conversation, running, actions) {
  const bodies = conversation.messages.map(message => body(message, conversation));
  const nodes = conversation.chat ? conversation.messages.map((message, i) => turn(conversation, i, bodies[i], running, actions))
    : text(conversation, bodies, running, actions);
  bodies.forEach((one, i) => one.update(conversation.messages[i] === running));
  return {nodes, update: message => bodies[conversation.messages.indexOf(message)].update(true)};
}

/** The text of a message, with `update`. */
function body(message, conversation) {
  const made = message.role === "assistant", formatted = made && conversation.chat && choice(conversation.settings, "format") === "markdown";
  const node = element(conversation.chat ? "div" : "span", {class: made ? (formatted ? "made formatted" : "made") : "given"});
  const known = new Map();
  if (made) follow(node, () => message.tokens);
  const update = running => {
    const marked = made && message.tokens?.length && choice(conversation.settings, "tokens") !== "off";
    const leaf = marked ? tokenLeaf(message.content, message.tokens) : plainText;
    node.classList.toggle("running", running);
    if (formatted) replaceChanged(node, markdown(message.content, leaf, known));
    else {
      node.replaceChildren();
      leaf(message.content, Array.from({length: message.content.length}, (_, i) => i), node);
    }
    if (!running && marked) reachable(node);
  };
  return {node, update};
}

/** Replaces the children that differ, so that focus and selection in the others stay. */
function replaceChanged(parent, nodes) {
  nodes.forEach((node, i) => {
    if (parent.childNodes[i] !== node) parent.replaceChild(node, parent.childNodes[i] ?? parent.appendChild(element("i")));
  });
  while (parent.childNodes.length > nodes.length) parent.lastChild.remove();
}

function turn(conversation, i, {node}, running, actions) {
  const message = conversation.messages[i], made = message.role === "assistant", last = i === conversation.messages.length - 1;
  const who = made ? message.model ?? "Model" : "You";
  const article = element("article", {class: made ? "answer" : "question", "aria-busy": message === running ? "true" : undefined},
    element("h2", {}, who), node);
  const row = element("div", {class: "actions"});
  if (made && message !== running) {
    article.append(facts(message));
    if (navigator.clipboard && message.content) row.append(copyButton("Copy", () => message.content));
    if (last && !running) row.append(button("Regenerate", actions.regenerate));
    if (message.content && !message.error) row.append(explainButton(message, actions));
  } else if (!made && !running) row.append(button("Edit", () => editor(article, "Message", message.content, content => actions.edit(i, content), actions.redraw)));
  if (row.childElementCount) article.append(row);
  return article;
}

function text(conversation, bodies, running, actions) {
  if (!bodies.length) return [];
  const last = conversation.messages.at(-1), whole = () => conversation.messages.map(message => message.content).join("");
  const article = element("article", {class: "answer", "aria-busy": running ? "true" : undefined},
    element("p", {class: "words long"}, ...bodies.map(one => one.node)));
  if (running || !last) return [article];
  const row = element("div", {class: "actions"});
  if (last.role === "assistant") article.append(facts(last));
  if (navigator.clipboard) row.append(copyButton("Copy", whole));
  if (last.role === "assistant") row.append(button("Regenerate", actions.regenerate));
  row.append(button("Edit", () => editor(article, "Text", whole(), content => actions.edit(0, content), actions.redraw)));
  if (last.role === "assistant" && last.content && !last.error) row.append(explainButton(last, actions));
  article.append(row);
  return [article];
}

/** One line about an answer: tokens, speed, why it ended, and what identifies it. */
function facts(message) {
  const parts = [];
  const tokens = message.usage?.completion_tokens ?? message.tokens?.length;
  if (tokens) parts.push(count(tokens, "token"));
  if (message.rate) parts.push(`${message.rate.toFixed(1)} tokens/s`);
  if (message.error) parts.push("incomplete");
  else if (message.stopped) parts.push("stopped");
  else if (message.finish === "length") parts.push("ended by length");
  if (message.sampling?.seed !== undefined) parts.push(`seed ${message.sampling.seed}`);
  if (message.digest) parts.push(`digest ${message.digest.slice(0, 12)}`);
  return element("p", {class: "soft facts-line"}, parts.join(" · "));
}

/** A button that becomes a link when the page is ready: a browser may refuse a window that opens later than the click. */
function explainButton(message, actions) {
  const node = button("Explain", async () => {
    node.disabled = true;
    node.textContent = "Explaining…";
    const url = await actions.explain(message);
    if (url) {
      const link = element("a", {class: "button", href: url, target: "_blank", rel: "noopener"}, "Open the explanation");
      node.replaceWith(link);
      link.focus();
    } else {
      node.disabled = false;
      node.textContent = "Explain";
    }
  });
  return node;
}

/** Replaces an article by a field with its text. */
function editor(article, label, content, save, cancel) {
  const field = element("textarea", {"aria-label": label, rows: 1});
  field.value = content;
  const form = element("form", {class: "editor", submit: event => {
    event.preventDefault();
    if (field.value.trim()) save(field.value);
  }, keydown: event => {
    if (event.key === "Escape") {
      event.stopPropagation();
      cancel();
    } else if (event.key === "Enter" && !event.shiftKey && !event.isComposing && label === "Message") {
      event.preventDefault();
      form.requestSubmit();
    }
  }}, field, element("div", {class: "actions"}, element("button", {class: "button"}, label === "Message" ? "Send" : "Save"), button("Cancel", cancel)));
  article.replaceChildren(form);
  field.focus();
}
