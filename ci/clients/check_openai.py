"""OpenAI's Python client against the server.

Arguments: the addresses of a server that continues texts and of one that chats.
"""

import asyncio
import json
import sys
from array import array
from pathlib import Path

import openai
from weather import QUESTION, WEATHER

GREEDY = json.loads((Path(__file__).parents[2] / "fixtures" / "storyteller" / "generation.json").read_text())[0]


def texts(client: openai.OpenAI) -> None:
    """Completions: the text of Hugging Face, streamed or not, as text or ids, with all parameters."""
    (model,) = client.models.list().data
    assert client.models.retrieve(model.id).id == model.id
    greedy = {"model": model.id, "temperature": 0, "max_tokens": GREEDY["settings"]["max_new_tokens"]}
    for prompt in (GREEDY["prompt"], GREEDY["prompt_ids"]):
        answer = client.completions.create(prompt=prompt, **greedy)
        assert answer.choices[0].text == GREEDY["text"], answer
        assert answer.choices[0].finish_reason == "length"
        assert answer.usage.prompt_tokens == len(GREEDY["prompt_ids"])
        assert answer.usage.completion_tokens == len(GREEDY["ids"])
    sampled = {"model": model.id, "prompt": "The wolf", "temperature": 1.2, "top_p": 0.9, "seed": 5, "max_tokens": 40}
    sampled |= {"presence_penalty": 0.5, "frequency_penalty": 0.5, "logit_bias": {"13": -5}, "n": 2}
    whole = client.completions.create(**sampled)
    pieces = ["", ""]
    for chunk in client.completions.create(**sampled, stream=True, stream_options={"include_usage": True}):
        for choice in chunk.choices:
            pieces[choice.index] += choice.text
        usage = chunk.usage
    assert pieces == [choice.text for choice in whole.choices] and pieces[0] != pieces[1], pieces
    assert usage == whole.usage and usage.completion_tokens <= 80, usage
    stop = GREEDY["text"][20:25]
    stopped = client.completions.create(prompt=GREEDY["prompt"], stop=[stop], **greedy)
    assert stopped.choices[0].text == GREEDY["text"][: GREEDY["text"].index(stop)]
    assert stopped.choices[0].finish_reason == "stop"
    echoed = client.completions.create(
        model=model.id, prompt=GREEDY["prompt"], max_tokens=0, echo=True, logprobs=3, temperature=0
    )
    log = echoed.choices[0].logprobs
    assert echoed.choices[0].text == GREEDY["prompt"] == "".join(log.tokens)
    assert log.token_logprobs[0] is None and all(value < 0 for value in log.token_logprobs[1:])
    print("ok   openai, Python: completions")


def vectors(client: openai.OpenAI) -> None:
    """Embeddings in base64, for which the client asks by itself, have the same bits as those in JSON."""
    model = client.models.list().data[0].id
    packed = client.embeddings.create(model=model, input=["The fox", "The wolf"])
    plain = client.embeddings.create(model=model, input=["The fox", "The wolf"], encoding_format="float")
    bits = [[array("f", one.embedding) for one in answer.data] for answer in (packed, plain)]
    assert bits[0] == bits[1] and bits[0][0] != bits[0][1]
    print("ok   openai, Python: embeddings")


def failures(client: openai.OpenAI) -> None:
    """The client raises the class of each error."""
    model = client.models.list().data[0].id
    cases = [
        (openai.NotFoundError, {"model": "other", "prompt": "a"}, "model"),
        (openai.BadRequestError, {"model": model, "prompt": "a", "temperature": -1}, "temperature"),
        (openai.BadRequestError, {"model": model, "prompt": "a", "suffix": "b"}, "suffix"),
        (openai.BadRequestError, {"model": model, "prompt": "a " * 2000, "max_tokens": 5}, "context_length_exceeded"),
        (openai.BadRequestError, {"model": model, "prompt": "a", "extra_body": {"colour": 1}}, "colour"),
    ]
    for kind, arguments, named in cases:
        try:
            client.completions.create(**arguments)
        except kind as error:
            assert named in json.dumps(error.body), error.body
        else:
            raise AssertionError(f"{arguments} was answered")
    print("ok   openai, Python: errors")


def chats(client: openai.OpenAI) -> None:
    """A conversation, streamed or not; a call of a function, its result, and the pieces of a call."""
    model = client.models.list().data[0].id
    france = {
        "model": model,
        "messages": [{"role": "user", "content": "What is the capital of France?"}],
        "temperature": 0,
    }
    answer = client.chat.completions.create(**france, logprobs=True, top_logprobs=2)
    text = answer.choices[0].message.content
    assert text == "The capital of France is Paris.", text
    assert "".join(one.token for one in answer.choices[0].logprobs.content) == text
    with client.chat.completions.stream(**france) as stream:
        final = stream.get_final_completion()
    assert final.choices[0].message.content == text and final.choices[0].finish_reason == "stop"
    question = {"model": model, "messages": QUESTION, "tools": [WEATHER], "temperature": 0, "max_completion_tokens": 60}
    whole = client.chat.completions.create(**question).choices[0]
    (call,) = whole.message.tool_calls
    assert (call.function.name, json.loads(call.function.arguments)) == ("weather", {"city": "Rome"}), call
    assert whole.finish_reason == "tool_calls" and call.id
    with client.chat.completions.stream(**question) as stream:
        pieces = [event for event in stream if event.type == "tool_calls.function.arguments.done"]
        final = stream.get_final_completion().choices[0]
    assert json.loads(pieces[0].arguments) == {"city": "Rome"}
    assert final.message.tool_calls[0].function.arguments == call.function.arguments
    result = [whole.message, {"role": "tool", "tool_call_id": call.id, "content": "sunny"}]
    after = client.chat.completions.create(**question | {"messages": [*QUESTION, *result]})
    assert after.choices[0].message.content or after.choices[0].message.tool_calls
    print("ok   openai, Python: chats and functions")


async def many(address: str) -> None:
    """Requests at the same time, some of which are given up, have the answers that they have alone."""
    async with openai.AsyncOpenAI(base_url=f"{address}/v1", api_key="none", max_retries=0) as client:
        model = (await client.models.list()).data[0].id

        async def text(seed: int) -> str:
            stream = await client.completions.create(
                model=model, prompt="There was", temperature=1, seed=seed, max_tokens=60, stream=True
            )
            pieces = ""
            async for chunk in stream:
                pieces += chunk.choices[0].text
                if seed % 3 == 0 and len(pieces) > 20:
                    await stream.close()
                    return ""
            return pieces

        alone = [await text(seed) for seed in range(24)]
        together = await asyncio.gather(*map(text, range(24)))
        assert together == alone and len(set(alone)) > 12
    print("ok   openai, Python: 24 streams at once, a third of them given up")


def main() -> None:
    """Runs all checks."""
    text, chat = sys.argv[1:]
    with openai.OpenAI(base_url=f"{text}/v1", api_key="none", max_retries=0) as client:
        texts(client)
        vectors(client)
        failures(client)
    with openai.OpenAI(base_url=f"{chat}/v1", api_key="none", max_retries=0) as client:
        chats(client)
    asyncio.run(many(text))


if __name__ == "__main__":
    main()
