"""A function, and a conversation after which SmolLM2-135M-Instruct calls it.

With the chat template tools.jinja it does so in Hugging Face as well.
"""

import json
from pathlib import Path

_FILE = json.loads((Path(__file__).parent / "weather.json").read_text())
WEATHER: dict = _FILE["tool"]
QUESTION: list[dict] = _FILE["messages"]
