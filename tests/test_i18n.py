"""Both languages say the same things with the same slots."""

import string

from core.i18n import LANGUAGES, sentences


def slots(sentence: str) -> set[str]:
    return {field.split(".")[0].split("[")[0] for _, field, _, _ in string.Formatter().parse(sentence) if field}


def test_both_languages_have_the_same_keys():
    french, english = (sentences(language) for language in LANGUAGES)
    assert french.keys() ^ english.keys() == set()


def test_both_languages_have_the_same_slots():
    french, english = (sentences(language) for language in LANGUAGES)
    assert [key for key in french if slots(french[key]) != slots(english[key])] == []


def test_the_empty_register_sends_to_a_page_of_the_menu_by_its_name():
    for language in LANGUAGES:
        words = sentences(language)
        assert f" {words['app.page.queue']} " in words["register.empty"] and words["app.page.stay"] not in words["register.empty"]
