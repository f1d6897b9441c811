/* The dialog of settings: of a conversation, of the display, and the API key. */
import {key} from "./api.js";
import {byId} from "./dom.js";

const NUMBERS = ["max_tokens", "temperature", "top_p", "top_k", "min_p", "seed", "presence_penalty", "frequency_penalty", "repetition_penalty"];
const CHOICES = {tokens: "hover", format: "markdown"};
const dialog = byId("settings");

/**
 * Shows the settings of a conversation.
 * @param saved is called when the dialog is closed
 * @param refused the server's message if it refused the API key; then the field of the key has the focus
 */
export function edit(conversation, saved, refused = "") {
  const {settings} = conversation;
  for (const name of NUMBERS) byId(name).value = settings[name] ?? "";
  for (const [name, value] of Object.entries(CHOICES)) byId(name).value = settings[name] ?? value;
  byId("stop-strings").value = (settings.stop ?? []).join("\n");
  byId("system").value = conversation.system;
  byId("system-control").hidden = !conversation.chat;
  byId("key").value = key.get();
  dialog.onclose = () => {
    read(conversation);
    saved();
  };
  dialog.showModal();
  byId("settings-error").textContent = refused;
  byId(refused ? "key" : conversation.chat ? "system" : "max_tokens").focus();
}

function read(conversation) {
  const settings = {};
  for (const name of NUMBERS) if (byId(name).value !== "" && byId(name).validity.valid) settings[name] = byId(name).valueAsNumber;
  for (const [name, value] of Object.entries(CHOICES)) if (byId(name).value !== value) settings[name] = byId(name).value;
  const stop = byId("stop-strings").value.split("\n").filter(Boolean);
  if (stop.length) settings.stop = stop;
  if (conversation.settings.model) settings.model = conversation.settings.model;
  conversation.settings = settings;
  if (conversation.chat) conversation.system = byId("system").value;
  key.set(byId("key").value);
}

/** The parameters of a request; without a seed in the settings a random one, so that the answer can be computed again. */
export function sampling(settings) {
  const parameters = {};
  for (const name of [...NUMBERS, "stop"]) if (settings[name] !== undefined) parameters[name] = settings[name];
  parameters.seed ??= crypto.getRandomValues(new Uint32Array(1))[0] & 0x7fffffff;
  return parameters;
}

export const choice = (settings, name) => settings[name] ?? CHOICES[name];
