/* OpenAI's JavaScript client against the server. Arguments: the folder in which the client is installed, and the addresses of a
   server that continues texts and of one that chats. */
import assert from "node:assert/strict";
import {readFileSync} from "node:fs";
import {createRequire} from "node:module";

const [folder, text, chat] = process.argv.slice(2);
const {OpenAI} = createRequire(`${folder}/`)("openai");
const client = address => new OpenAI({baseURL: `${address}/v1`, apiKey: "none", maxRetries: 0});
const read = path => JSON.parse(readFileSync(new URL(path, import.meta.url)));
const greedy = read("../../fixtures/storyteller/generation.json")[0];
const {tool, messages} = read("weather.json");

async function texts(openai) {
  const [{id: model}] = (await openai.models.list()).data;
  const request = {model, prompt: greedy.prompt, temperature: 0, max_tokens: greedy.settings.max_new_tokens};
  assert.equal((await openai.completions.create(request)).choices[0].text, greedy.text);
  let streamed = "";
  for await (const chunk of await openai.completions.create({...request, stream: true})) streamed += chunk.choices[0].text;
  assert.equal(streamed, greedy.text);
  await assert.rejects(openai.completions.create({...request, temperature: -1}), OpenAI.BadRequestError);
  await assert.rejects(openai.completions.create({...request, model: "other"}), OpenAI.NotFoundError);
  console.log("ok   openai, JavaScript: completions");
}

/** Answers that are given up, before and after their first token, end on the server, and do not change others. */
async function aborts(openai, address) {
  const [{id: model}] = (await openai.models.list()).data;
  const request = {model, prompt: "Once", temperature: 1, seed: 3, max_tokens: 200};
  const expected = (await openai.completions.create(request)).choices[0].text;
  const others = Array.from({length: 8}, async (_, i) => {
    const controller = new AbortController();
    if (i % 2) setTimeout(() => controller.abort(), i);
    try {
      const stream = await openai.completions.create({...request, seed: 10 + i, stream: true}, {signal: controller.signal});
      for await (const chunk of stream) if (chunk.choices[0].text) break; // ends the request
    } catch (error) {
      assert(error instanceof OpenAI.APIUserAbortError || error.name === "AbortError", error);
    }
  });
  assert.equal((await openai.completions.create(request)).choices[0].text, expected);
  await Promise.all(others);
  const deadline = Date.now() + 10_000;
  for (;;) {
    const metrics = await (await fetch(`${address}/metrics`)).text();
    const running = Number(metrics.match(/^\S*running\S* (\S+)$/m)[1]);
    if (running === 0) break;
    assert(Date.now() < deadline, "answers that were given up are still computed");
  }
  console.log("ok   openai, JavaScript: answers given up");
}

async function functions(openai) {
  const [{id: model}] = (await openai.models.list()).data;
  const stream = openai.chat.completions.stream({model, messages, tools: [tool], temperature: 0, max_tokens: 60});
  const done = [];
  stream.on("tool_calls.function.arguments.done", call => done.push(call));
  const {choices: [{message, finish_reason: reason}]} = await stream.finalChatCompletion();
  assert.equal(reason, "tool_calls");
  assert.deepEqual(JSON.parse(message.tool_calls[0].function.arguments), {city: "Rome"});
  assert.equal(done[0].name, "weather");

  // The client calls the function and sends its result, until the model answers in words.
  const asked = [];
  const weather = {...tool, function: {...tool.function, parse: JSON.parse, function: ({city}) => {
    asked.push(city);
    return `sunny in ${city}`;
  }}};
  const runner = openai.chat.completions.runTools({model, messages, tools: [weather], temperature: 0, max_tokens: 60}, {maxChatCompletions: 2});
  await runner.done();
  assert.equal(asked[0], "Rome");
  assert.equal(runner.messages.find(one => one.role === "tool" && one.content === "sunny in Rome") !== undefined, true);
  console.log("ok   openai, JavaScript: functions");
}

await texts(client(text));
await aborts(client(text), text);
await functions(client(chat));
