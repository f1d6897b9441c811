/* Requests to the server, in OpenAI's protocol. */

/** What went wrong, in one line. `status` is 0 if no answer came. */
export class ServerError extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

const KEY = "touchstone.key";
/** The API key; it is kept until the tab is closed. */
export const key = {
  get: () => sessionStorage.getItem(KEY) ?? "",
  set: value => value ? sessionStorage.setItem(KEY, value) : sessionStorage.removeItem(KEY),
};

async function request(path, body, signal) {
  const headers = {...(body && {"Content-Type": "application/json"}), ...(key.get() && {Authorization: `Bearer ${key.get()}`})};
  let response;
  try {
    response = await fetch(path, {method: body ? "POST" : "GET", headers, body: body && JSON.stringify(body), signal});
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ServerError(`The server at ${location.host} does not answer; check that it is running.`, 0);
  }
  if (response.ok) return response;
  const message = await response.json().then(answer => answer.error.message, () => `the server answered with status ${response.status}`);
  throw new ServerError(message, response.status);
}

/** The models that the server has. */
export const models = async () => (await (await request("v1/models")).json()).data;

/** Asks for the page of `explain` about an answer; returns its address. */
export const explanation = async body => (await (await request("explain", body)).json()).url;

/**
 * Yields what arrives of an answer: {text, tokens, finish, usage, digest}, each if it is there. Throws if the server reports an error
 * or the connection ends early.
 */
export async function* answer(path, body, signal) {
  const response = await request(path, {...body, stream: true, stream_options: {include_usage: true}}, signal);
  for await (const data of events(response.body)) {
    if (data === "[DONE]") return;
    const event = JSON.parse(data);
    if (event.error) throw new ServerError(event.error.message, 200);
    const choice = event.choices?.[0];
    yield {
      text: choice?.delta?.content ?? choice?.text ?? "",
      tokens: choice?.logprobs ? tokens(choice.logprobs) : [],
      finish: choice?.finish_reason,
      usage: event.usage,
      digest: event.touchstone?.digest,
    };
  }
  throw new ServerError("The connection to the server ended before the answer did.", 0);
}

/** The data of server-sent events. */
async function* events(stream) {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  try {
    for (;;) {
      const {value, done} = await reader.read();
      if (done) return;
      const lines = (rest + value).split(/\r?\n/);
      rest = lines.pop();
      for (const line of lines) if (line.startsWith("data:")) yield line.slice(5).trim();
    }
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ServerError("The connection to the server ended before the answer did.", 0);
  } finally {
    reader.cancel().catch(() => {});
  }
}

/** Tokens as {text, size, logprob, top}: `size` is the number of bytes, `top` the likeliest tokens as [text, logprob]. */
function tokens(logprobs) {
  if (logprobs.content) {
    return logprobs.content.map(({token, logprob, top_logprobs}) =>
      ({...named(token), logprob, top: top_logprobs.map(other => [named(other.token).text, other.logprob])}));
  }
  return logprobs.tokens.map((token, i) => ({...named(token), logprob: logprobs.token_logprobs[i],
    top: Object.entries(logprobs.top_logprobs[i]).map(([text, logprob]) => [named(text).text, logprob])}));
}

/** A token that is a part of a character is spelled `bytes:\xe2\x80`. */
const named = token => /^bytes:(\\x[\da-f]{2})+$/.test(token) ? {text: token.slice(6), size: (token.length - 6) / 4}
  : {text: token, size: new TextEncoder().encode(token).length};
