"""Folders with chat templates and special tokens in different files, as loaded by `AutoTokenizer`."""

import json
import tempfile
from pathlib import Path

from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import AutoTokenizer, PreTrainedTokenizerBase

Json = dict[str, object]

END = "<|endoftext|>"
TOKENS = (
    "{{ bos_token }}|{{ eos_token }}|{{ unk_token }}|{{ pad_token }}|{{ sep_token }}|{{ cls_token }}|{{ mask_token }}"
)
HELLO = [{"role": "user", "content": "Hello"}]
TOOLS = [
    {
        "type": "function",
        "function": {
            "name": "weather",
            "description": 'The weather of a place, such as "Bergen" & Oslo',
            "parameters": {"type": "object", "properties": {"at": {"type": "string"}}, "required": ["at"]},
        },
    }
]
DOCUMENTS = [{"title": "Rain", "text": "It rains in Bergen."}]
AGENT = [
    {"role": "system", "content": None},
    {"role": "user", "content": [{"type": "text", "text": "Wet? "}, {"type": "image", "url": "x.png"}], "name": "Zoë"},
    {
        "role": "assistant",
        "content": None,
        "reasoning": "  Let me look.\n",
        "tool_calls": [
            {"id": "a1", "type": "function", "function": {"name": "weather", "arguments": {"at": "Bergen"}}}
        ],
    },
    {"role": "tool", "tool_call_id": "a1", "name": "weather", "content": '{"rain": true}'},
    {"role": "assistant", "content": "Yes, it rains. "},
]
ALL = (
    "{{ messages }}|{{ tools | tojson }}|{{ documents }}|{{ add_generation_prompt }}|{{ enable_thinking is defined }}"
    "{% for m in messages %}\n{{ m.role }}:{{ m.name }}:{{ m.content }}:{{ m.thinking }}:{{ m.reasoning_content }}"
    ":{{ m.tool_calls | tojson if m.tool_calls }}{% endfor %}"
)
PLAIN = "{% for m in messages %}[{{ m.role }}]{{ m.content }}{{ eos_token }}{% endfor %}"
TRIMMED = "{% for m in messages %}[{{ m.role }}]{{ m.content | trim }}{{ eos_token }}{% endfor %}"
PARTS = "{% for m in messages %}{% for p in m.content %}{{ p.text }};{% endfor %}.{% endfor %}"
THINKING = "{% for m in messages %}<{{ m.reasoning_content }}>{{ m.content }}{% endfor %}"


def added(content: str) -> Json:
    """A token with its settings, in the format of older files."""
    settings = {"lstrip": False, "rstrip": False, "single_word": False, "normalized": False}
    return {"__type": "AddedToken", "content": content, **settings}


def named(**templates: str) -> list[Json]:
    """A list of named templates."""
    return [{"name": name, "template": template} for name, template in templates.items()]


def calls(*more: Json) -> list[Json]:
    """Calls of `apply_chat_template` without and with tools, and further calls."""
    return [{"messages": HELLO}, {"messages": HELLO, "tools": TOOLS}, *more]


def conversations() -> list[tuple[Json, list[Json]]]:
    """Folders and calls that test the variables which are passed to a template."""
    partial = [{"role": "assistant", "content": "It is "}]
    marked = [{"role": "assistant", "content": " CONTINUE_FINAL_MESSAGE_TAG"}]
    parts = [
        {"role": "assistant", "content": [{"type": "text", "text": "a "}, {"type": "text", "text": "b "}, {"x": 1}]}
    ]
    none = [{"role": "assistant", "content": [{"x": 1}]}]
    thought = [{"role": "assistant", "reasoning": "So ", "content": "x"}]
    go = {"continue_final_message": True}
    everything = {"tools": TOOLS, "documents": DOCUMENTS, "add_generation_prompt": True}
    settings = {"enable_thinking": False, "bos_token": "own", "n": 3, "list": [1, {"a": None}]}
    return [
        (
            {"tokenizer_config.json": {"chat_template": ALL}},
            [
                {"messages": HELLO},
                {"messages": AGENT},
                {"messages": AGENT, **everything, "variables": settings},
                {"messages": HELLO, "tools": [], "documents": []},
                {"messages": []},
            ],
        ),
        ({"tokenizer_config.json": {"chat_template": "{{ bos_token }}{{ n }}{{ list }}{{ enable_thinking }}"}},
         [{"messages": HELLO, "variables": settings}, {"messages": HELLO}]),
        ({"tokenizer_config.json": {"chat_template": PLAIN, "eos_token": "</s>"}},
         [{"messages": m, **go} for m in (HELLO, partial, marked, parts, none)]),
        ({"tokenizer_config.json": {"chat_template": TRIMMED, "eos_token": "</s>"}},
         [{"messages": m, **go} for m in (HELLO, partial)]),
        ({"tokenizer_config.json": {"chat_template": PARTS}}, [{"messages": parts, **go}]),
        ({"tokenizer_config.json": {"chat_template": "{{ messages[0].role }}"}}, [{"messages": HELLO, **go}]),
        ({"tokenizer_config.json": {"chat_template": "{{ messages[0].content[:2] }}"}}, [{"messages": HELLO, **go}]),
        ({"tokenizer_config.json": {"chat_template": THINKING}},
         [{"messages": thought, "continue_final_message": f} for f in ("reasoning", "thinking", "content", "name")]),
    ]  # fmt: skip


def places() -> list[tuple[Json, list[Json]]]:
    """Folders and calls that test in which files templates are found, and which one is used."""
    both = named(default="d{{ tools is none }}", tool_use="t{{ tools | length }}")
    default, tool_use, rag = ({"messages": HELLO, "chat_template": name} for name in ("default", "tool_use", "rag"))
    return [
        ({"tokenizer_config.json": {"chat_template": both}}, calls(default, tool_use)),
        ({"tokenizer_config.json": {"chat_template": {"default": "d", "rag": "r"}}}, calls(default, rag)),
        ({"tokenizer_config.json": {"chat_template": named(a="1", b="2")}}, calls()),
        ({"tokenizer_config.json": {"chat_template": "c"}, "chat_template.jinja": "{{ 'j' }}\n"}, calls()),
        ({"tokenizer_config.json": {"chat_template": named(default="c")}, "chat_template.jinja": "j"}, calls()),
        ({"chat_template.jinja": "j", "additional_chat_templates/tool_use.jinja": "t",
          "additional_chat_templates/rag.jinja": "r", "additional_chat_templates/notes.txt": "n"},
         calls(default, tool_use, rag)),
        ({"tokenizer_config.json": {"chat_template": "c"}, "additional_chat_templates/tool_use.jinja": "t"}, calls()),
        ({"chat_template.json": {"chat_template": "p"}, "tokenizer_config.json": {"chat_template": "c"}}, calls()),
    ]  # fmt: skip


def special_tokens() -> list[tuple[Json, list[Json]]]:
    """Folders and calls that test in which files special tokens are found."""
    old = {"bos_token": "<m>", "pad_token": added("<pad>"), "extra_special_tokens": ["q"], "zzz_token": "zz"}
    own = {"bos_token": added("<b>"), "eos_token": "<e>", "image_token": "<img>", "sep_token": None}
    fast = "PreTrainedTokenizerFast"
    folders: list[Json] = [
        {"tokenizer_config.json": {"tokenizer_class": fast, **own}},
        {"tokenizer_config.json": {"tokenizer_class": fast, **own}, "special_tokens_map.json": old},
        {"tokenizer_config.json": {"tokenizer_class": fast, **own, "extra_special_tokens": {"audio_token": "<a>"}}},
        {"tokenizer_config.json": {**own, "added_tokens_decoder": {"0": {**added(END), "special": True}}},
         "special_tokens_map.json": old},
        {"special_tokens_map.json": old},
        {"tokenizer_config.json": {"tokenizer_class": "LlamaTokenizer", "bos_token": None, "eos_token": ""}},
        {"tokenizer_config.json": {"tokenizer_class": fast, "additional_special_tokens": ["a"], "mask_token": "m"}},
        {"tokenizer_config.json": {"tokenizer_class": fast, "add_bos_token": True, "foo_token": {"content": "x"}}},
    ]  # fmt: skip
    types = (
        "gpt2",
        "gpt_neo",
        "gptj",
        "gpt_neox",
        "bloom",
        "llama",
        "mistral",
        "qwen2",
        "qwen3",
        "gemma2",
        "opt",
        "phi",
    )
    folders += [{"config.json": {"model_type": name}} for name in [*types, "phi"]]
    classes = (
        "GPT2TokenizerFast",
        "LlamaTokenizerFast",
        "GPTNeoXTokenizerFast",
        "Qwen2Tokenizer",
        "GemmaTokenizerFast",
    )
    classes += ("CodeGenTokenizerFast", fast, "OwnTokenizer")
    for model_type in ("llama", "qwen2", "qwen3", "phi", "mistral"):
        for name in classes:
            folders.append(
                {"config.json": {"model_type": model_type}, "tokenizer_config.json": {"tokenizer_class": name}}
            )
    tokenizer_config = {"tokenizer_class": "LlamaTokenizer"}
    with_bytes = {"config.json": {"model_type": "llama"}, "tokenizer_config.json": tokenizer_config}
    folders.append({**with_bytes, "tokenizer.json": json.loads(tokenizer(byte_level=True).to_str())})
    return [({"chat_template.jinja": TOKENS, **folder}, [{"messages": HELLO}]) for folder in folders]


def all_folders() -> list[Json]:
    """A record {files, special_tokens, calls} for each folder. A call has its arguments and `text` or `error`.

    Folders without a `tokenizer.json` in their files are loaded with a default one.
    """
    return [record(files, requests) for files, requests in [*conversations(), *places(), *special_tokens()]]


def record(files: Json, requests: list[Json]) -> Json:
    """Loads one folder and runs its calls."""
    with tempfile.TemporaryDirectory() as folder:
        if "tokenizer.json" not in files:
            tokenizer(byte_level=False).save(str(Path(folder, "tokenizer.json")))
        for name, content in files.items():
            path = Path(folder, name)
            path.parent.mkdir(exist_ok=True)
            path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        loaded = AutoTokenizer.from_pretrained(folder)
    tokens = dict(sorted(loaded.special_tokens_map.items()))
    return {"files": files, "special_tokens": tokens, "calls": [call(loaded, arguments) for arguments in requests]}


def tokenizer(*, byte_level: bool) -> Tokenizer:
    """A small tokenizer; the ids that it returns are not tested."""
    result = Tokenizer(models.BPE({"<unk>": 0, "a": 1, "b": 2}, [], unk_token="<unk>"))
    if byte_level:
        result.pre_tokenizer = pre_tokenizers.ByteLevel()
    return result


def call(loaded: PreTrainedTokenizerBase, arguments: Json) -> Json:
    """A record of the arguments and the text or the error."""
    options = {**arguments, **arguments.get("variables", {})}
    options.pop("variables", None)
    messages = options.pop("messages")
    try:
        return {**arguments, "text": loaded.apply_chat_template(messages, tokenize=False, **options)}
    except Exception as error:  # any exception is a valid result
        return {**arguments, "error": f"{type(error).__name__}: {error}".split("\n")[0][:200]}
