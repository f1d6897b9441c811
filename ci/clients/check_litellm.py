"""LiteLLM against the server. Arguments: the addresses of a server that continues texts and of one that chats."""

import json
import os
import sys

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # else it loads a list of prices from the network

import litellm
from weather import QUESTION, WEATHER

KEY = "none"
litellm.suppress_debug_info = True


def name(address: str) -> str:
    """The model of a server."""
    (model,) = litellm.get_valid_models(
        check_provider_endpoint=True, custom_llm_provider="openai", api_base=address, api_key=KEY
    )
    return model.removeprefix("openai/")


def main() -> None:
    """Runs all checks."""
    text, chat = (f"{address}/v1" for address in sys.argv[1:])
    model = f"text-completion-openai/{name(text)}"
    arguments = {
        "model": model,
        "api_base": text,
        "api_key": KEY,
        "prompt": "The fox",
        "max_tokens": 6,
        "temperature": 0,
    }
    assert litellm.text_completion(**arguments).choices[0].text == ", who was standing by the"
    pieces = [chunk.choices[0].text or "" for chunk in litellm.text_completion(**arguments, stream=True)]
    assert "".join(pieces) == ", who was standing by the", pieces

    arguments = {"model": f"openai/{name(chat)}", "api_base": chat, "api_key": KEY, "temperature": 0, "max_tokens": 60}
    question = [{"role": "user", "content": "What is the capital of France?"}]
    whole = litellm.completion(messages=question, **arguments)
    assert whole.choices[0].message.content == "The capital of France is Paris."
    chunks = list(
        litellm.completion(messages=question, stream=True, stream_options={"include_usage": True}, **arguments)
    )
    built = litellm.stream_chunk_builder(chunks, messages=question)
    assert built.choices[0].message.content == whole.choices[0].message.content
    assert built.usage.completion_tokens == whole.usage.completion_tokens
    for stream in (False, True):
        answer = litellm.completion(messages=QUESTION, tools=[WEATHER], stream=stream, **arguments)
        answer = litellm.stream_chunk_builder(list(answer), messages=QUESTION) if stream else answer
        (call,) = answer.choices[0].message.tool_calls
        assert (call.function.name, json.loads(call.function.arguments)) == ("weather", {"city": "Rome"})
        assert answer.choices[0].finish_reason == "tool_calls"
    try:
        litellm.completion(messages=question, **arguments | {"temperature": -1})
    except litellm.BadRequestError as error:
        assert "temperature" in str(error)
    else:
        raise AssertionError("a negative temperature was accepted")
    print("ok   litellm: completions, chats, functions, errors")


if __name__ == "__main__":
    main()
