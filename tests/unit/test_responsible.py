"""Who is responsible: what a question names, in every language, and which entry answers for a place and a paper."""

import pytest

from i18n.languages import LANGUAGES
from i18n.messages import words
from offers.responsible import matters, rules
from offers.responsible.types import DISTRICT, Duty, Responsibility

PLACES = ("Haar", "Ottobrunn", "München")


def duty(
    name: str, matter: str = "residence", kind: str = "office", papers: str = "", where: str = ""
) -> Duty:
    entry = Responsibility(name, name, name, matter, tuple(papers.split()), tuple(where.split()))
    return Duty(entry, kind)


def names(found: list[Duty]) -> list[str]:
    return [one.entry.id for one in found]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_matter_is_called_names_it_and_nothing_else(language: str) -> None:
    for matter in matters.load().values():
        assert matters.named(words(language).plain(matter.name), language) == (matter.id,)


@pytest.mark.parametrize(
    ("question", "language", "matter"),
    [
        ("Wo beantrage ich Wohngeld in Haar?", "de", "housing_benefit"),
        ("Wongeld, wo?", "de", "housing_benefit"),
        ("Wer ist für Kindergeld zuständig", "de", "child_benefit"),
        ("Aufenthaltstitel verlängern", "de", "residence"),
        ("Asylbewerber: wo gibt es Sozialleistungen?", "de", "benefits"),
        ("wo führerschein umschreiben", "de", "driving_licence"),
        ("Wo melde ich mich an, wenn ich umgezogen bin?", "de", "address"),
        ("Geburtsurkunde für mein Baby", "de", "civil_status"),
        ("Brauche ich eine Arbeitserlaubnis?", "de", "residence"),
        ("Arbeit, welches Amt", "de", "work"),
        ("Kita Platz", "de", "childcare"),
        ("who do I ask about my residence permit", "en", "residence"),
        ("où demander le titre de séjour", "fr", "residence"),
        ("куда идти за видом на жительство", "ru", "residence"),
        ("Де оформити допомогу на дітей", "uk", "child_benefit"),
        ("وين بقدم على Wohngeld", "ar", "housing_benefit"),
        ("وين بجدد الاقامة", "ar", "residence"),
        ("وين مكتب تسجيل العنوان", "ar", "address"),
        ("مکتب برای اطفال، ثبت نام مکتب", "fa", "school"),
        ("kira yardımı nereden alınır", "tr", "housing_benefit"),
    ],
)
def test_a_question_names_its_matter(question: str, language: str, matter: str) -> None:
    assert matters.named(question, language) == (matter,)


def test_a_question_about_something_else_names_none() -> None:
    assert matters.named("Wo ist das Jobcenter?", "de") == ()
    assert matters.offices_named("Wo ist das Jobcenter?") == {"jobcenter"}
    assert matters.named("wo kann ich mich für den Deutschkurs anmelden", "de") == ()
    assert matters.named("Hundesteuer bezahlen", "de") == ()


@pytest.mark.parametrize(
    "question",
    [
        "Wer ist in Haar für Wohngeld zuständig?",
        "Wo beantrage ich Kindergeld",
        "Who do I ask about my residence permit in München?",
        "Quel bureau pour le permis de conduire ?",
        "أي دائرة مسؤولة عن تصريح الإقامة",
        "Çocuk parası için hangi daireye gitmeliyim?",
        "Какое ведомство отвечает за вид на жительство",
        "Яка установа відповідає за допомогу на дітей?",
        "Xafiiskee ayaa lacagta carruurta ka mas'uul ah?",
    ],
)
def test_who_is_asked_for(question: str) -> None:
    assert matters.asks_who(question)


@pytest.mark.parametrize(
    "question", ["Deutschkurs in Haar", "Wohngeld", "I need a doctor", "بدي كورس الماني"]
)
def test_who_is_not_asked_for(question: str) -> None:
    assert not matters.asks_who(question)


def test_an_office_that_is_named_answers_for_what_it_does_and_no_other() -> None:
    work = [duty("jobcenter", "work", "jobcenter"), duty("agency", "work", "employment_agency")]
    assert names(rules.meant(work, ("work",), {"employment_agency"})) == ["agency"]
    assert names(rules.meant(work, (), {"jobcenter"})) == ["jobcenter"]
    # Who asks the wrong office for something is led to the right one.
    assert names(rules.meant(work, ("work",), {"registry_office"})) == ["jobcenter", "agency"]


def test_the_entry_of_the_place_goes_before_the_district_and_that_before_everywhere() -> None:
    every = [duty("all"), duty("district", where=DISTRICT), duty("haar", where="Haar")]
    assert names(rules.answering(every, "Haar", center=False)) == ["haar"]
    assert names(rules.answering(every, "Ottobrunn", center=False)) == ["district"]
    assert names(rules.answering(every, "München", center=True)) == ["all"]
    assert names(rules.answering(every, None, center=False)) == ["district"]


def test_for_other_papers_it_may_be_another_office() -> None:
    every = [
        duty("job", papers="recognised", where=DISTRICT),
        duty("agency", papers="asylum_seeker tolerated"),
        duty("haar", papers="recognised", where="Haar"),
    ]
    assert names(rules.answering(every, "Haar", center=False)) == ["agency", "haar"]
    assert names(rules.answering(every, "Ottobrunn", center=False)) == ["job", "agency"]
    assert names(rules.answering(every, "Ottobrunn", center=False, residence="tolerated")) == ["agency"]
    assert names(rules.answering(every, "München", center=True)) == ["agency"]


def test_where_entries_are_missing() -> None:
    entries = [
        duty("job", papers="recognised", where=DISTRICT).entry,
        duty("agency", papers="asylum_seeker tolerated", where="Haar").entry,
    ]
    [gap] = rules.uncovered(entries, ["residence"], PLACES, "München")
    assert gap.places == ("Ottobrunn", "München")
    assert rules.uncovered([duty("all").entry], ["residence"], PLACES, "München") == ()
