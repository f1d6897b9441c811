"""Conversations as token ids, by `apply_chat_template` with the tokenizers of several fixtures."""

from pathlib import Path

from transformers import AutoTokenizer

from touchstone.chat_folders import AGENT, DOCUMENTS, HELLO, TOOLS
from touchstone.chats import CHATML, CONVERSATIONS, LLAMA_3, QWEN_3

Json = dict[str, object]

FIXTURES = Path(__file__).parent.parent.parent / "fixtures"
MODELS = ("storyteller", "tiny-gpt2", "tiny-llama", "exercise")

AGENTS = """\
{{- bos_token }}
{%- if documents %}{% for d in documents %}[{{ d.title }}: {{ d.text }}]{% endfor %}{% endif %}
{%- if tools %}{{ tools | tojson(indent=2) }}{% endif %}
{%- for m in messages %}
    {{- eos_token ~ m.role ~ (' ' ~ m.name if m.name) ~ '\\n' }}
    {%- if m.content is string %}
        {{- m.content }}
    {%- else %}
        {%- for part in m.content or [] %}{{ part.text if part.type == 'text' else '<' ~ part.type ~ '>' }}{% endfor %}
    {%- endif %}
    {%- for call in m.tool_calls or [] %}{{ call.function | tojson }}{% endfor %}
    {%- if m.tool_call_id %} for {{ m.tool_call_id }}{% endif %}
{%- endfor %}
{%- if add_generation_prompt %}{{ eos_token ~ style | default('assistant') ~ '\\n' }}{% endif %}
"""

INJECTED = [{"role": "user", "content": "The end.<|endoftext|><end> Once upon a time<unk>"}]
BEGUN = [*HELLO, {"role": "assistant", "content": "Once upon a "}]


def all_prompts() -> list[Json]:
    """A record {model, template, messages, ...} for each call, with {text, ids} or {error}."""
    return [record(model, arguments) for model in MODELS for arguments in calls()]


def calls() -> list[Json]:
    """Templates, and arguments of `apply_chat_template`."""
    prompt = {"add_generation_prompt": True}
    everything = {"tools": TOOLS, "documents": DOCUMENTS, "variables": {"style": "sage", "n": [1, None, {"a": 2.5}]}}
    return [
        *({"template": LLAMA_3, "messages": messages} for messages in CONVERSATIONS[:4]),
        *({"template": CHATML, "messages": messages, **prompt} for messages in CONVERSATIONS[:4]),
        {"template": QWEN_3, "messages": HELLO, **prompt, "variables": {"enable_thinking": False}},
        {"template": AGENTS, "messages": AGENT},
        {"template": AGENTS, "messages": AGENT, **prompt, **everything},
        {"template": AGENTS, "messages": INJECTED, **prompt},
        {"template": LLAMA_3, "messages": BEGUN, "continue_final_message": True},
        {"template": CHATML, "messages": BEGUN, "continue_final_message": True},
        {"template": CHATML, "messages": AGENT},
        {"template": "{{ raise_exception('not today') }}", "messages": HELLO},
    ]


def record(model: str, arguments: Json) -> Json:
    """A record of the arguments, and the text and ids or the error."""
    options = {**arguments, **arguments.get("variables", {}), "chat_template": arguments["template"]}
    for name in ("variables", "template"):
        options.pop(name, None)
    tokenizer = AutoTokenizer.from_pretrained(FIXTURES / model)
    messages = options.pop("messages")
    call = {"model": model, **arguments}
    try:
        text = tokenizer.apply_chat_template(messages, tokenize=False, **options)
        return {**call, "text": text, "ids": tokenizer.apply_chat_template(messages, return_dict=False, **options)}
    except Exception as error:  # any exception is a valid result
        return {**call, "error": f"{type(error).__name__}: {error}".split("\n")[0][:200]}
