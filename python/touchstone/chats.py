"""Conversations rendered with chat templates, for `fixtures/chats.json` and for the `chats.json` of one model."""

from jinja2.exceptions import TemplateError
from tokenizers import Tokenizer, models
from transformers import PreTrainedTokenizerBase, PreTrainedTokenizerFast

QUESTIONS = [
    [{"role": "user", "content": "What is the capital of France?"}],
    [{"role": "user", "content": "What is machine learning?"}],
    [
        {"role": "system", "content": "You answer in one short sentence."},
        {"role": "user", "content": "Why is the sky blue?"},
    ],
]
CONVERSATIONS = [
    *QUESTIONS,
    [
        {"role": "user", "content": "  Hello,\n\nyou \"there\" & <you> 'too'  "},
        {"role": "assistant", "content": "Hello! 😀\n"},
        {"role": "user", "content": "{{ 7 * 7 }} {% raw %} \\n"},
    ],
    [
        {"role": "system", "content": "Be\nbrief. "},
        {"role": "user", "content": "One?"},
        {"role": "assistant", "content": " 1"},
        {"role": "user", "content": "Two?"},
        {"role": "assistant", "content": "2 "},
    ],
    [{"role": "assistant", "content": "I begin."}],
    [
        {"role": "user", "content": "2 + 2?\u00a0"},
        {"role": "assistant", "content": "<think>\n\nTwo and two.\n</think>\n\n\n4"},
        {"role": "user", "content": "<answer>of a tool</answer>"},
        {"role": "assistant", "content": "\n<think>It </think> is</think>\nso.\n"},
    ],
]

CHATML = """\
{% for message in messages %}
{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' }}
{%- endfor %}
{% if add_generation_prompt %}
{{ '<|im_start|>assistant\\n' }}
{%- endif %}
"""

LLAMA_2 = """\
{%- if messages[0]['role'] == 'system' -%}
    {%- set turns = messages[1:] -%}
    {%- set instruction = '<<SYS>>\\n' + messages[0]['content'] + '\\n<</SYS>>\\n\\n' -%}
{%- else -%}
    {%- set turns = messages -%}
    {%- set instruction = '' -%}
{%- endif -%}
{%- for message in turns -%}
    {%- if (message['role'] == 'user') != (loop.index0 % 2 == 0) -%}
        {{- raise_exception('user and assistant must take turns, the user first') -}}
    {%- endif -%}
    {%- if message['role'] == 'user' -%}
        {{- bos_token + '[INST] ' + (instruction if loop.first else '') + message['content'].strip() + ' [/INST]' -}}
    {%- else -%}
        {{- ' ' + message['content'] | trim + ' ' + eos_token -}}
    {%- endif -%}
{%- endfor -%}
"""

LLAMA_3 = """\
{{- bos_token }}
{%- for message in messages %}
    {{- '<|start_header_id|>' + message.role + '<|end_header_id|>\\n\\n' + message.content | trim + '<|eot_id|>' }}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}
{%- endif %}
"""

GEMMA = """\
{{ bos_token }}{% if messages[0]['role'] == 'system' %}{{ raise_exception('there is no system role') }}{% endif %}
{# the model's own name for the assistant is model #}
{% for message in messages %}
    {% if message['role'] == 'assistant' %}
        {% set role = 'model' %}
    {% else %}
        {% set role = message['role'] %}
    {% endif %}
{{ '<start_of_turn>' + role + '\\n' + message['content'] | trim + '<end_of_turn>\\n' }}
{% endfor %}
{% if add_generation_prompt %}{{ '<start_of_turn>model\\n' }}{% endif %}
"""

QWEN = """\
{%- if tools %}
    {{- '<|im_start|>system\\nTools: ' }}
    {%- for tool in tools %}
        {{- tool | tojson }}
    {%- endfor %}
    {{- '<|im_end|>\\n' }}
{%- else %}
    {%- if messages[0]['role'] == 'system' %}
        {{- '<|im_start|>system\\n' + messages[0]['content'] + '<|im_end|>\\n' }}
    {%- else %}
        {{- '<|im_start|>system\\nYou help.<|im_end|>\\n' }}
    {%- endif %}
{%- endif %}
{%- for message in messages %}
    {%- if (message.role == "user") or (message.role == "system" and not loop.first) or (message.role == "assistant") %}
        {{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>' + '\\n' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\\n' }}
{%- endif %}
"""

QWEN_3 = """\
{%- if tools %}
    {{- '<|im_start|>system\\n' }}
    {%- if messages[0].role == 'system' %}
        {{- messages[0].content + '\\n\\n' }}
    {%- endif %}
    {{- "# Functions\\n<tools>" }}
    {%- for tool in tools %}
        {{- "\\n" }}
        {{- tool | tojson }}
    {%- endfor %}
    {{- "\\n</tools>\\nCall one so: {\\"name\\": <name>}<|im_end|>\\n" }}
{%- elif messages[0].role == 'system' %}
    {{- '<|im_start|>system\\n' + messages[0].content + '<|im_end|>\\n' }}
{%- endif %}
{%- set ns = namespace(searching=true, last_question=messages|length - 1) %}
{%- for message in messages[::-1] %}
    {%- set index = (messages|length - 1) - loop.index0 %}
    {%- set said = message.content %}
    {%- if ns.searching and message.role == "user" and said is string
            and not(said.startswith('<answer>') and said.endswith('</answer>')) %}
        {%- set ns.searching = false %}
        {%- set ns.last_question = index %}
    {%- endif %}
{%- endfor %}
{%- for message in messages %}
    {%- if message.content is string %}
        {%- set content = message.content %}
    {%- else %}
        {%- set content = '' %}
    {%- endif %}
    {%- if (message.role == "user") or (message.role == "system" and not loop.first) %}
        {{- '<|im_start|>' + message.role + '\\n' + content + '<|im_end|>' + '\\n' }}
    {%- elif message.role == "assistant" %}
        {%- set thoughts = '' %}
        {%- if message.thoughts is string %}
            {%- set thoughts = message.thoughts %}
        {%- elif '</think>' in content %}
            {%- set thoughts = content.split('</think>')[0].rstrip('\\n').split('<think>')[-1].lstrip('\\n') %}
            {%- set content = content.split('</think>')[-1].lstrip('\\n') %}
        {%- endif %}
        {%- if loop.index0 > ns.last_question and (loop.last or (not loop.last and thoughts)) %}
            {{- '<|im_start|>' + message.role + '\\n<think>\\n' + thoughts.strip('\\n') }}
            {{- '\\n</think>\\n\\n' + content.lstrip('\\n') }}
        {%- else %}
            {{- '<|im_start|>' + message.role + '\\n' + content }}
        {%- endif %}
        {%- for call in message.calls %}
            {%- if (loop.first and content) or (not loop.first) %}
                {{- '\\n' }}
            {%- endif %}
            {%- if call.function %}
                {%- set call = call.function %}
            {%- endif %}
            {{- '<call>{"name": "' }}{{- call.name }}{{- '", "arguments": ' }}
            {{- call.arguments if call.arguments is string else call.arguments | tojson }}
            {{- '}</call>' }}
        {%- endfor %}
        {{- '<|im_end|>\\n' }}
    {%- elif message.role == "tool" %}
        {%- if loop.first or (messages[loop.index0 - 1].role != "tool") %}
            {{- '<|im_start|>user' }}
        {%- endif %}
        {{- '\\n<answer>' + content + '</answer>' }}
        {%- if loop.last or (messages[loop.index0 + 1].role != "tool") %}
            {{- '<|im_end|>\\n' }}
        {%- endif %}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\\n' }}
    {%- if enable_thinking is defined and enable_thinking is false %}
        {{- '<think>\\n\\n</think>\\n\\n' }}
    {%- endif %}
{%- endif %}
"""

PYTHON = """\
{%- macro shown(name, value='-') %}<{{ name }}={{ value }}>{% endmacro %}
{%- set ns = namespace(count=messages | length - 1, text='a=b') %}
{%- for message in messages %}
    {%- if loop.index0 == 1 %}{% continue %}{% endif %}
    {%- set ns.count = ns.count + 10 %}
    {%- set words = message.content.split() %}
    {{- shown(message['role'].upper(), words | tojson) }}{{ shown('last') }}
    {%- generation %}{{ message.content | trim }}|{{ message.content.rstrip() }}|{{ message.content.lower() }}
    {%- endgeneration %}
    {%- if loop.index == 4 %}{% break %}{% endif %}
{%- endfor %}
{{- ns.count }}{{ ns.text }}{{ messages[::-1][0].role }}{{ messages[-2:] | length }}{{ messages[:-1] | length }}
{{- 'a[::-1]b'[-1] }}{{ 'a.b.c'.split('.', 1) | tojson }}{{ '..a.'.strip('.') }}
{{- 'abc'[0] }}{{ messages[0].get('x', 'y') }}
{%- for key, value in messages[0].items() %}{{ key }}{% endfor %}{{ 7 // 2 }}{{ 'b' if 'a' not in 'abc' else 'c' }}
"""

ODD = """\
{#- white space in all its ways -#}
{% set greeting = "}} %}" %}  {{ greeting }}
\t{%+ if messages | length > 1 %} many {% elif true %} one {% endif +%}
  {{- messages | tojson }} |{{ messages[-1].content | length }}|
{% for message in messages -%}
    {{ loop.index }}/{{ loop.length }}{% if not loop.last %},{% endif %}

{%- endfor %}
{% if tools is none or tools is not defined %}no tools{% endif %}{{ undefined }}

end
"""

TEMPLATES = {
    "chatml": CHATML,
    "llama-2": LLAMA_2,
    "llama-3": LLAMA_3,
    "gemma": GEMMA,
    "qwen": QWEN,
    "qwen-3": QWEN_3,
    "python": PYTHON,
    "odd": ODD,
}


def all_chats() -> list[dict[str, object]]:
    """A record {name, template, bos_token, eos_token, chats} for each template."""
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=Tokenizer(models.WordLevel({"<s>": 0, "</s>": 1}, "<s>")), bos_token="<s>", eos_token="</s>"
    )
    entries = []
    for name, template in TEMPLATES.items():
        tokenizer.chat_template = template
        entries.append(
            {"name": name, "template": template, "bos_token": "<s>", "eos_token": "</s>", "chats": chats(tokenizer)}
        )
    return entries


def chats(tokenizer: PreTrainedTokenizerBase) -> list[dict[str, object]]:
    """A record {messages, add_generation_prompt, text} for each chat; `text` is None if the template fails."""
    return [
        {"messages": messages, "add_generation_prompt": prompt, "text": _rendered(tokenizer, messages, prompt)}
        for messages in CONVERSATIONS
        for prompt in (False, True)
    ]


def _rendered(tokenizer: PreTrainedTokenizerBase, messages: list[dict[str, str]], prompt: bool) -> str | None:
    try:
        return tokenizer.apply_chat_template(messages, add_generation_prompt=prompt, tokenize=False)
    except TemplateError:  # raised by raise_exception in the template
        return None
