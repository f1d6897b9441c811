"""The training text, split into stories: fairy tales, fables, and the books about Oz and Alice."""

import random
import re
from dataclasses import dataclass
from pathlib import Path

STORIES = Path(__file__).parent.parent / "data" / "stories.txt"
CHAPTER = re.compile(r"[IVX]+")


@dataclass(frozen=True)
class Story:
    """A title of one line, and a body with one paragraph per line."""

    title: str
    body: str

    @property
    def text(self) -> str:
        """Title and body, as in the file."""
        return f"{self.title}\n{self.body}"


def read_stories() -> list[Story]:
    """All stories in the order of the file.

    Blank lines separate tales and chapters. The fables come first, without blank lines between them. Among them, a line
    is a title if it is short and does not end with punctuation, as a moral does.
    """
    fables, *tales = STORIES.read_text(encoding="utf-8").strip().split("\n\n")
    return _split_fables(fables.split("\n")) + [_tale(tale.split("\n")) for tale in tales]


def split(stories: list[Story], every: int = 20) -> tuple[list[Story], list[Story]]:
    """(training, validation): one of `every` stories is held out, so that some of each book are."""
    held_out = stories[every // 2 :: every]
    return [story for story in stories if story not in held_out], held_out


def some_titles_dropped(stories: list[Story], rng: random.Random) -> list[str]:
    """The stories in random order, half of them without title, because prompts rarely start with a title."""
    return [story.text if rng.random() < 0.5 else story.body for story in rng.sample(stories, len(stories))]


def _split_fables(lines: list[str]) -> list[Story]:
    titles = [i for i, line in enumerate(lines) if len(line) < 60 and line[-1] not in ".!?,;:\"'"]
    ends = [*titles[1:], len(lines)]
    return [Story(lines[i], "\n".join(lines[i + 1 : end])) for i, end in zip(titles, ends, strict=True)]


def _tale(lines: list[str]) -> Story:
    if CHAPTER.fullmatch(lines[0]):
        lines = lines[1:]
    return Story(lines[0], "\n".join(lines[1:]))
