/* Asks the server for an answer, and adds what arrives to a message. */
import {answer} from "./api.js";
import {announcer} from "./lines.js";
import {choice} from "./settings.js";

const LIKELIEST = 5;
const CONTINUATION = 100; // tokens, if the settings have no other number; the server's default is 16

/** What precedes an answer, as the server wants it. */
export function before(conversation, made) {
  const messages = conversation.messages.slice(0, conversation.messages.indexOf(made)).map(({role, content}) => ({role, content}));
  if (!conversation.chat) return {prompt: messages.map(one => one.content).join("")};
  return {messages: conversation.system ? [{role: "system", content: conversation.system}, ...messages] : messages};
}

/**
 * Adds to the message what the server sends, until it ends, fails or is stopped.
 * @param changed is called when something was added, at most once a frame
 * @returns the error if it failed
 */
export async function receive({conversation, message, controller}, changed) {
  const wanted = choice(conversation.settings, "tokens") !== "off";
  const logprobs = !wanted ? {} : conversation.chat ? {logprobs: true, top_logprobs: LIKELIEST} : {logprobs: LIKELIEST};
  if (!conversation.chat) message.sampling.max_tokens ??= CONTINUATION;
  const body = {model: message.model, ...before(conversation, message), ...message.sampling, ...logprobs};
  const announce = announcer(), path = conversation.chat ? "v1/chat/completions" : "v1/completions";
  let first = 0, frame = 0, failure = null;
  try {
    for await (const part of answer(path, body, controller.signal)) {
      first ||= performance.now();
      add(message, part);
      frame ||= requestAnimationFrame(() => {
        frame = 0;
        changed();
      });
      announce(message.content, false);
    }
  } catch (error) {
    if (error.name === "AbortError") message.stopped = true;
    else {
      failure = error;
      message.error = error.message;
    }
  }
  cancelAnimationFrame(frame);
  announce(message.content, true);
  const n = message.usage?.completion_tokens ?? message.tokens.length;
  if (n > 1) message.rate = (n - 1) / ((performance.now() - first) / 1000);
  return failure;
}

function add(message, part) {
  message.content += part.text;
  message.tokens.push(...part.tokens);
  message.finish = part.finish ?? message.finish;
  message.usage = part.usage ?? message.usage;
  message.digest = part.digest ?? message.digest;
}
