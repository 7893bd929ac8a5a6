"""The page in real Chromium: nothing is missing, nothing is asked of a network, everything can be
read and reached."""

from pathlib import Path
from typing import Any

import pytest
from made_up import recording, whole_page

DRAWN = "html[data-charts=drawn]"
READY = "[data-part=left-facts]:not(:empty)"
FOLLOWED = 7


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    """1000 slots, 100 devices and 10 servers, two schemes."""
    path = tmp_path_factory.mktemp("page") / "page.html"
    path.write_text(whole_page(1000, 100, 10), encoding="utf-8")
    return path.as_uri()


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The same without charts."""
    path = tmp_path_factory.mktemp("plain") / "page.html"
    path.write_text(whole_page(1000, 100, 10, charted=False), encoding="utf-8")
    return path.as_uri()


def test_it_is_small_enough_to_be_sent(address: str) -> None:
    assert Path(address.removeprefix("file://")).stat().st_size <= 3_000_000


@pytest.mark.parametrize(("width", "theme"), [(390, "dark"), (1280, "light")])
def test_it_is_whole_reads_well_and_asks_for_nothing(
    opened: Any, address: str, width: int, theme: str
) -> None:
    axe = pytest.importorskip("axe_playwright_python")
    script = (Path(axe.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
    seen = opened(address, width, theme, bypass_csp=True)  # For axe, which comes from outside.
    seen.page.wait_for_selector(DRAWN, state="attached")
    assert seen.wrong == []
    assert seen.requests == [address]
    assert (
        seen.page.locator(".chart .bk-Figure").count() == 4
    )  # Two metrics, differences, learning.
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= width
    seen.page.evaluate(script)
    found = seen.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    assert [(each["id"], each["nodes"][0]["html"]) for each in found["violations"]] == []


def test_the_policy_that_keeps_it_from_any_network_is_kept(opened: Any, plain: str) -> None:
    seen = opened(plain)
    seen.page.wait_for_selector(READY)
    assert seen.wrong == []
    asked = "fetch('http://127.0.0.1:9/').then(() => 'answered', (error) => error.name)"
    assert seen.page.evaluate(asked) == "TypeError"
    assert any("Content Security Policy" in line for line in seen.wrong)


def test_the_map_is_scrubbed_by_keyboard_and_shows_what_was_recorded(
    opened: Any, plain: str
) -> None:
    seen = opened(plain, reduced_motion="reduce")
    page = seen.page
    page.wait_for_selector(READY)
    page.focus(".play")
    told = page.locator("[data-part=told]")
    for keys, slot in (
        ("ArrowRight", 2),
        ("Shift+ArrowRight", 12),
        ("ArrowLeft", 11),
        ("End", 1000),
        ("Home", 1),
    ):
        page.keyboard.press(keys)
        assert told.inner_text() == f"{slot} of 1000"
    for _ in range(FOLLOWED + 1):
        page.keyboard.press("]")
    assert page.locator("[data-part=follow]").input_value() == str(FOLLOWED)
    shown = [recording(1000, 100, 10, seed).slots for seed in (1, 2)]
    for slot in (0, 1):
        lines = page.locator(".task .said").all_inner_texts()
        assert len(lines) == 2
        for line, wanted in zip(lines, shown, strict=True):
            server, active = wanted["server"][slot, FOLLOWED], wanted["work"][slot, FOLLOWED] > 0
            words = f"server {server}" if server else "stays"
            assert (words if active else "no task") in line
            missed = active and not wanted["met"][slot, FOLLOWED]
            assert ("✕" in line) == missed
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Escape")
    assert not page.locator(".task").is_visible()
    assert seen.wrong == []


def test_what_is_unpacked_is_what_was_packed(opened: Any, plain: str) -> None:
    """Times on a logarithmic scale of 254 steps, indices as they were."""
    seen = opened(plain)
    seen.page.wait_for_selector(READY)
    read = """() => { const {sides} = edgewise.players[0], track = sides[1].track, out = [];
        for (let d = 0; d < 100; d += 9) for (let t = 0; t < 1000; t += 111)
            out.push([d, t, track.server(d, t) + 1, track.site(d, t), track.channel(d, t),
                track.time('up_s', d, t), track.amount('load', d % 10, t), track.met(d, t)]);
        return out; }"""
    wanted = recording(1000, 100, 10, 2).slots
    for d, t, server, site, channel, up_s, load, met in seen.page.evaluate(read):
        assert server == wanted["server"][t, d]
        assert site == wanted["site"][t, d]
        assert channel == wanted["channel"][t, d]
        assert met == wanted["met"][t, d]
        assert up_s == pytest.approx(wanted["up_s"][t, d], rel=0.02)
        assert load == pytest.approx(wanted["load"][t, d % 10], rel=0.05)


def test_playing_goes_to_the_end_and_stops(opened: Any, plain: str) -> None:
    page = opened(plain).page
    page.wait_for_selector(READY)
    page.focus(".play")
    page.select_option("[data-part=speed]", "60")
    page.evaluate("edgewise.players[0].go(990)")
    page.keyboard.press(" ")
    page.get_by_role("button", name="Stop").wait_for()
    page.get_by_role("button", name="Play").wait_for()
    assert page.locator("[data-part=told]").inner_text() == "1000 of 1000"


def test_a_page_that_is_loaded_again_goes_on_where_it_was(opened: Any, plain: str) -> None:
    page = opened(plain).page
    page.wait_for_selector(READY)
    page.select_option("[data-part=left]", "idle")
    before = page.evaluate("(p => (p.go(50), p.follow(3), p.state))(edgewise.players[0])")
    page.reload()
    page.wait_for_selector(READY)
    assert page.locator("[data-part=told]").inner_text() == "1 of 1000"
    page.evaluate("(before) => edgewise.players[0].restore(before)", before)
    assert page.locator("[data-part=told]").inner_text() == "51 of 1000"
    assert page.locator(".task .said strong").all_inner_texts() == ["idle", "idle"]


def test_claims_are_filtered_by_verdict_and_words(opened: Any, plain: str) -> None:
    page = opened(plain).page
    cards = page.locator(".card:visible")
    assert cards.count() == 3
    page.get_by_role("button", name="undecided 1").click()
    assert cards.locator("blockquote").all_inner_texts() == ["Sentence C3 of <the paper> & more."]
    page.get_by_role("button", name="undecided 1").click()
    page.get_by_role("searchbox").fill("sentence c2")
    assert page.locator(".filter output").inner_text() == "1 of 3"
    assert cards.get_by_role("link").get_attribute("href") == "#figure-4"


def test_schemes_and_seeds_are_left_out_of_all_charts(opened: Any, address: str) -> None:
    page = opened(address).page
    page.wait_for_selector(DRAWN, state="attached")
    seen = """(tag) => [...new Set(Bokeh.documents.flatMap((each) => [...each.all_models])
        .filter((model) => (model.tags ?? []).includes(tag)).map((model) => model.visible))]"""
    assert page.evaluate(seen, "seeds") == [False]
    page.get_by_role("button", name="single seeds").click()
    assert page.evaluate(seen, "seeds") == [True]
    page.get_by_role("button", name="learn", exact=True).click()
    assert page.evaluate(seen, "scheme:learn") == [False]
    assert page.evaluate(seen, "scheme:idle") == [True]


def test_the_theme_can_be_turned(opened: Any, address: str) -> None:
    page = opened(address).page
    page.wait_for_selector(DRAWN, state="attached")
    ground = "getComputedStyle(document.body).backgroundColor"
    title = "Bokeh.documents[0].roots()[0].title.text_color"
    before = page.evaluate(ground), page.evaluate(title)
    page.get_by_role("button", name="Dark").click()
    after = page.evaluate(ground), page.evaluate(title)
    assert before[0] != after[0]
    assert before[1] != after[1]
