"""The keyboard's way through a page: Tab by Tab, with the focus in sight at each stop."""

from __future__ import annotations

from typing import Any, Final

from playwright.sync_api import Locator, Page

_MOST_STOPS: Final = 400
_STOP: Final = """() => {
    const one = document.activeElement;
    if (!one || one === document.body) return null;
    (window.visited ??= new Set()).add(one).add(one.outerHTML + (one.form?.action ?? ''));
    const style = getComputedStyle(one), box = one.getBoundingClientRect();
    const x = box.x + box.width / 2, y = box.y + box.height / 2;
    const above = document.elementFromPoint(x, y);
    const faults = [];
    const isDrawn = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
    if (!isDrawn) faults.push('no outline');
    if (x < 0 || y < 0 || x > innerWidth || y > innerHeight) faults.push('out of sight');
    else if (above && !one.contains(above) && !above.contains(one)) faults.push('covered');
    return {what: one.outerHTML.slice(0, 120), faults};
}"""
# What the page has drawn anew meanwhile, as it was, is the same to the keyboard.
_MISSED: Final = """() => [...document.querySelectorAll(
        'a[href], button, summary, select, textarea, input:not([type=radio], [tabindex="-1"])')]
    .filter(one => one.checkVisibility() && !window.visited?.has(one)
        && !window.visited?.has(one.outerHTML + (one.form?.action ?? '')))
    .map(one => one.outerHTML.slice(0, 120))"""
# `blur` alone would leave the next Tab where the focus was.
_BEGIN: Final = """() => {
    window.visited = new Set();
    document.body.tabIndex = -1;
    document.body.focus();
    document.body.removeAttribute('tabindex');
}"""
_IS_FOCUSED: Final = "one => one === document.activeElement"


def stop(page: Page) -> dict[str, Any] | None:
    """Where the focus is and what is wrong with how it shows; None when it is nowhere."""
    found: dict[str, Any] | None = page.evaluate(_STOP)
    return found


def walk(page: Page) -> list[str]:
    """Tab through the whole page: stops whose focus is not seen, and what is never reached."""
    page.evaluate(_BEGIN)
    faults: list[str] = []
    for _ in range(_MOST_STOPS):
        page.keyboard.press("Tab")
        here = stop(page)
        if here is None:
            return faults + [f"never reached: {each}" for each in page.evaluate(_MISSED)]
        faults += [f"{fault}: {here['what']}" for fault in here["faults"]]
    return [*faults, "the keyboard never comes out"]


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until the target has the focus, in sight at each stop."""
    for _ in range(_MOST_STOPS):
        page.keyboard.press("Tab")
        here = stop(page)
        assert here is None or here["faults"] == [], here
        if target.evaluate(_IS_FOCUSED):
            return
    raise AssertionError(f"the keyboard never reaches {target}")
