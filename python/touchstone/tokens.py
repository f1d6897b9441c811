"""Texts that ports of GPT-2's tokenizer often get wrong, with ids and decoded text from Hugging Face."""

from transformers import PreTrainedTokenizerBase

from touchstone.bpe import END_OF_TEXT
from touchstone.stories import read_stories

HOSTILE = [
    "",
    " ",
    "a",
    "a ",
    " a",
    "  M",
    "   three spaces",
    "trailing   ",
    "  1",
    " 1 22 333 4444",
    "\n",
    "\n\n",
    "a\n\nb",
    "\n \n  \n",
    "\t\ttabs\tand spaces \t ",
    "\r\n",
    "CR\r\nLF\rCR",
    "\r\n\u00a0",
    "\n\u00a01",
    "\u00a0no-break\u00a0spaces\u00a0\u00a0",
    "\u3000\u3000a",
    "\u2003em\u2009thin\u200bzero-width\u200dspace",
    "a\u0085b",
    "line\u2028separator\u2029paragraph",
    "\u000b\u000c\u001c\u001d\u001e\u001f",
    "nul\x00nul",
    "\x7f\x80\x9f\xad",
    "\ufeffbyte order mark",
    "\ufffd\ufffe\uffff",
    "é",
    "ée",
    "  é",
    "e\u0301 combining, n\u0303",
    "\u0301\u0301 marks alone",
    "ÀÉÎÕÜ àéîõü ß ÿ",
    "²",
    "x²",
    "x½",
    "½ ² ³ ¹ Ⅷ ① ٣ ४",
    "foo (bar)",
    "(_",
    "snake_case _private __dunder__",
    "I'm you're he's we've they'll I'd can't",
    "'DA 'Ll I'M YOU'RE",
    "'s't're've'm'll'd",
    "' s 'x ''s",
    "’s typographic ’t",
    "do n't .",
    "A , b . c ! d ? e ' s",
    "Dba",
    "aaaa",
    "a" * 33,
    " " * 33,
    "ab" * 17,
    "!?!?!?...",
    "#",
    "#version: 0.2",
    "## heading\n### heading",
    "#### ####",
    "Hello, world!",
    "Once upon a time",
    "HELLO hello HeLLo",
    "0123456789 3.14159 1,000,000 1e-5",
    "http://example.com/?q=1&r=%20#top",
    '{"json": [1, 2.5e-3, null, true], "\\u00e9": \'\\n\'}',
    "if (x<=0 && y!=1) { return ++z; } // code",
    "😀",
    " 😀😀",
    "👩‍👩‍👧‍👦 family",
    "🇫🇷🇩🇪 👍🏽",
    "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𐍈 \U0010ffff",
    "漢字とかな交じり文 中文，标点。",
    "한국어 조선말",
    "Привет, мир! Ελληνικά",
    "שלום עולם مرحبا بالعالم",
    "नमस्ते दुनिया ภาษาไทย",
    "mixed漢字mixedé12½x",
    END_OF_TEXT,
    f"A{END_OF_TEXT}B",
    f" {END_OF_TEXT} ",
    f"{END_OF_TEXT}{END_OF_TEXT}",
    f"a {END_OF_TEXT}\n{END_OF_TEXT}b",
    "<|endoftext|",
    "<|ENDOFTEXT|>",
    "< |endoftext|>",
    "<|end<|endoftext|>oftext|>",
]


def texts() -> list[str]:
    """The texts in HOSTILE, and the beginning of every 40th story."""
    return HOSTILE + [story.text[:200] for story in read_stories()[::40]]


def tokenized(tokenizer: PreTrainedTokenizerBase, text: str) -> dict[str, object]:
    """A record {text, ids, decoded}: the expected results of encoding the text and of decoding the ids."""
    ids = tokenizer(text, verbose=False).input_ids
    return {"text": text, "ids": ids, "decoded": decode(tokenizer, ids)}


def decode(tokenizer: PreTrainedTokenizerBase, ids: list[int]) -> str:
    """Decodes ids, without skipping special tokens and without cleaning up spaces."""
    return tokenizer.decode(ids, skip_special_tokens=False, clean_up_tokenization_spaces=False)
