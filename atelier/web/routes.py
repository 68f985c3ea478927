"""Every address of the pages, and the application that answers at them."""

from __future__ import annotations

from typing import Final

from starlette.applications import Starlette
from starlette.types import Lifespan

from atelier.settings import Settings
from atelier.web import resumable
from atelier.web.api import search as search_for_programs
from atelier.web.application import build
from atelier.web.doors import Door
from atelier.web.identity import SessionCookie
from atelier.web.pages import (
    account,
    actions,
    administration,
    agenda,
    agenda_papers,
    archives,
    aside,
    attendance,
    audience,
    comparing,
    decided,
    decisions,
    departures,
    deposits,
    documents,
    erasure,
    folders,
    follows,
    forgotten,
    glossary,
    groups,
    guard,
    health,
    home,
    inactive,
    inbox,
    invitations,
    invite_lists,
    invited,
    invites,
    journal,
    keys,
    legal,
    locks,
    mail,
    meeting_lists,
    meetings,
    memberships,
    minutes,
    organisations,
    orphans,
    own_data,
    past,
    people,
    previews,
    quotas,
    record,
    requests,
    saved,
    search,
    seeing,
    sharing,
    showing_oneself,
    signin,
    statics,
    trash,
    unread,
)
from atelier.web.pages.rendering import Renderer
from atelier.web.places import templates_folder
from atelier.web.site import Site
from atelier.web.visit import Surroundings
from atelier.workspace.people import session

DOORS: Final[tuple[Door, ...]] = (
    *home.DOORS,
    *folders.DOORS,
    *deposits.DOORS,
    *resumable.DOORS,
    *documents.DOORS,
    *previews.DOORS,
    *comparing.DOORS,
    *archives.DOORS,
    *aside.DOORS,
    *locks.DOORS,
    *trash.DOORS,
    *guard.DOORS,
    *unread.DOORS,
    *health.DOORS,
    *legal.DOORS,
    *administration.DOORS,
    *quotas.DOORS,
    *actions.DOORS,
    *decisions.DOORS,
    *inbox.DOORS,
    *audience.DOORS,
    *sharing.DOORS,
    *journal.DOORS,
    *past.DOORS,
    *meetings.DOORS,
    *invitations.DOORS,
    *meeting_lists.DOORS,
    *minutes.DOORS,
    *attendance.DOORS,
    *decided.DOORS,
    *agenda.DOORS,
    *agenda_papers.DOORS,
    *record.DOORS,
    *search.DOORS,
    *saved.DOORS,
    *follows.DOORS,
    *search_for_programs.DOORS,
    *people.DOORS,
    *showing_oneself.DOORS,
    *inactive.DOORS,
    *invites.DOORS,
    *invite_lists.DOORS,
    *invited.DOORS,
    *departures.DOORS,
    *own_data.DOORS,
    *erasure.DOORS,
    *memberships.DOORS,
    *organisations.DOORS,
    *groups.DOORS,
    *glossary.DOORS,
    *seeing.DOORS,
    *requests.DOORS,
    *orphans.DOORS,
    *mail.DOORS,
    *signin.DOORS,
    *account.DOORS,
    *forgotten.DOORS,
    *keys.DOORS,
    *statics.DOORS,
)


def web_app(settings: Settings, lifespan: Lifespan[Starlette]) -> Starlette:
    """The web application as it is served; its lifespan gives each request `ws`."""
    site = Site.of(settings.server.public_url)
    around = Surroundings(
        site=site,
        renderer=Renderer(templates_folder(), time_zone=settings.network.time_zone),
        cookie=SessionCookie.of(site),
        step=SessionCookie.of(site, "step"),
        default_language=settings.network.default_language,
    )
    return build(
        DOORS,
        around,
        session,
        trusted_proxies=settings.server.trusted_proxies,
        lifespan=lifespan,
    )
