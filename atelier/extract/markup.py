"""XML out of office files, parsed so that nothing in it can reach out or blow up."""

from __future__ import annotations

from xml.parsers import expat

from lxml import etree

from atelier.extract.found import Unread
from atelier.model.documents import ReadState

_PROLOG_STEP = 64 * 1024


class _RootReached(Exception):
    """The prolog is over."""


def parsed(content: bytes) -> etree._Element:
    """The root element of an XML document without DOCTYPE.

    `Unread` damaged when there is a DOCTYPE in whatever encoding, when levels, attributes
    or texts pass the parser's own limits, or when it is not well-formed.
    """
    refuse_doctype(content)
    # made anew each time: a parser keeps the errors and names of what it parsed before
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False,
        dtd_validation=False, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        if getattr(error, "code", 0) == etree.ErrorTypes.ERR_NO_MEMORY:  # unknown to the stubs
            raise MemoryError from error
        raise Unread(ReadState.DAMAGED, "xml") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise Unread(ReadState.DAMAGED, "doctype")
    return root


def refuse_doctype(content: bytes) -> None:
    """`Unread` damaged when there is a DOCTYPE, or no root element."""
    # libxml2 expands entities in attributes whatever its settings, so the prolog is looked
    # at before, by a second parser that stops at the root element
    prolog = expat.ParserCreate()
    prolog.StartDoctypeDeclHandler = _doctype
    prolog.StartElementHandler = _root
    try:
        for start in range(0, len(content), _PROLOG_STEP):
            prolog.Parse(content[start : start + _PROLOG_STEP], False)
    except _RootReached:
        return
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise Unread(ReadState.DAMAGED, "xml") from error
    raise Unread(ReadState.DAMAGED, "xml")


def _doctype(*_: object) -> None:
    raise Unread(ReadState.DAMAGED, "doctype")


def _root(*_: object) -> None:
    raise _RootReached
