"""Names of things and set phrases in what people ask; how single words match is `vocabulary`."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from i18n.text import search_key, word_forms
from offers.vocabulary import Vocabulary, stems

_LONG = 4


class Names:
    """Which of many names a question says completely, in whatever order and form."""

    def __init__(
        self,
        names: Mapping[str, Iterable[str]],
        vocabulary: Vocabulary,
        has: Callable[[str], bool],
        stop: frozenset[str],
    ) -> None:
        """`names` are several ways to call each thing; `has` says whether a stem names anything in the catalogue."""
        self._vocabulary = vocabulary
        self._has = has
        self._names = [
            (thing, tuple((stems(word), stems(*vocabulary.parts(word))) for word in words))
            for thing, called in names.items()
            for name in called
            if (words := [word for word in search_key(name).split() if word not in stop])
        ]
        self._whole = frozenset[str]().union(*(whole for _, name in self._names for whole, _ in name))
        # A name is looked at only where its first word, or one of the parts of it, is said.
        self._first: dict[str, list[int]] = {}
        for at, (_, name) in enumerate(self._names):
            for term in name[0][0] | name[0][1]:
                self._first.setdefault(term, []).append(at)

    def said(self, words: Sequence[str]) -> dict[str, frozenset[str]]:
        """The things that are named, each with those of the `words` that name it best."""
        terms = {word: self._terms(word) for word in words}
        everything = frozenset[str]().union(*terms.values())
        found: dict[str, frozenset[str]] = {}
        for at in sorted({at for term in everything for at in self._first.get(term, ())}):
            thing, name = self._names[at]
            if all(whole & everything or (parts and parts <= everything) for whole, parts in name):
                spoken = frozenset[str]().union(*(whole | parts for whole, parts in name))
                said = frozenset(word for word, known in terms.items() if known & spoken)
                if len(said) > len(found.get(thing, ())):
                    found[thing] = said
        return found

    def _terms(self, word: str) -> frozenset[str]:
        """What a normalised word may stand for: its stems, the parts it is made of, else words that are spelled nearly so or begin it."""
        own = stems(word)
        # A dentist is a kind of its own, not a doctor whose word happens to end like that.
        if whole := own & self._whole:
            return whole
        terms = own | stems(*self._vocabulary.read(word).parts)
        if any(map(self._has, terms)):
            return terms
        like = frozenset(self._vocabulary.terms_like(word) if len(word) > _LONG else ())
        return like or frozenset(shorter for term in own for shorter in self._vocabulary.shorter(term))


class Pattern:
    """Words and phrases, in which a trailing `*` matches the beginning of a word, sought in normalised text."""

    def __init__(self, entries: Iterable[str]) -> None:
        phrases = [[(search_key(w.rstrip("*")), w.endswith("*")) for w in entry.split()] for entry in entries]
        self._closed: dict[str, list[list[tuple[str, bool]]]] = {}
        self._open: dict[str, list[list[tuple[str, bool]]]] = {}
        for phrase in phrases:
            if phrase and all(text for text, _ in phrase):
                first, is_open = phrase[0]
                (self._open if is_open else self._closed).setdefault(first, []).append(phrase)
        self._lengths = sorted({len(text) for text in self._open})

    def matches(self, words: Sequence[str]) -> bool:
        """Whether one of the entries occurs in these normalised words."""
        forms = [word_forms(word) for word in words]
        return any(
            _at(phrase, forms, start)
            for start, here in enumerate(forms)
            for form in here
            for phrase in self._beginning(form)
        )

    def _beginning(self, form: str) -> Iterable[list[tuple[str, bool]]]:
        yield from self._closed.get(form, ())
        for length in self._lengths:
            if length > len(form):
                return
            yield from self._open.get(form[:length], ())


def _at(phrase: Sequence[tuple[str, bool]], forms: Sequence[tuple[str, ...]], start: int) -> bool:
    if start + len(phrase) > len(forms):
        return False
    return all(
        any(form.startswith(text) if is_open else form == text for form in forms[start + i])
        for i, (text, is_open) in enumerate(phrase)
    )
