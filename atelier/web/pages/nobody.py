"""Pages of whoever holds a link or forgot a password: nobody is known on them."""

from __future__ import annotations

from starlette.responses import Response

from atelier.web.visit import Visit
from atelier.workspace import people


async def page_of_nobody(
    visit: Visit, template: str, status: int = 200, **values: object
) -> Response:
    """The page without anybody's menu: whoever is signed in in this browser, it is not hers.

    Its form still carries the token of the visit, which is asked for when it comes back.
    """
    network = await people.network(visit.ws)
    return visit.page(
        template,
        status=status,
        session=None,
        form_token=visit.form_token or "",
        network_name=network.name,
        **values,
    )
