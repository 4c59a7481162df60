"""Mastodon.py, a client that others wrote, against our Mastodon sandbox.

What it does here it does against every real server, so whatever the sandbox refuses or answers
otherwise than a real one is a fault of the sandbox. The only argument is the sandbox's origin.
"""

import io
import struct
import sys
import urllib.error
import urllib.parse
import urllib.request
import zlib

from mastodon import Mastodon, MastodonAPIError, MastodonNotFoundError, MastodonUnauthorizedError

ORIGIN = sys.argv[1]
REDIRECT = "http://127.0.0.1:41795/callback"
SCOPES = ["read:accounts", "read:statuses", "write:media", "write:statuses"]


class Still(urllib.request.HTTPRedirectHandler):
    """A browser that says where it is sent instead of going there."""

    def redirect_request(self, *_):
        return None


def sent_to(address):
    """Where a page sends the browser."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), Still)
    try:
        opener.open(address)
    except urllib.error.HTTPError as answer:
        return answer.headers["Location"]
    raise SystemExit(f"{address} sends nobody on")


def picture():
    """A PNG of one red dot."""

    def chunk(kind, data):
        whole = kind + data
        return struct.pack(">I", len(data)) + whole + struct.pack(">I", zlib.crc32(whole))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    dot = zlib.compress(b"\0\xff\0\0")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", dot) + chunk(b"IEND", b"")


def sign_in():
    """An app, the browser, a code, a token."""
    client_id, client_secret = Mastodon.create_app(
        "Independent", scopes=SCOPES, redirect_uris=REDIRECT, api_base_url=ORIGIN
    )
    api = Mastodon(client_id=client_id, client_secret=client_secret, api_base_url=ORIGIN)
    address = api.auth_request_url(redirect_uris=REDIRECT, scopes=SCOPES, state="a state")
    query = urllib.parse.parse_qs(urllib.parse.urlsplit(sent_to(address)).query)
    assert query["state"] == ["a state"], query
    api.log_in(code=query["code"][0], redirect_uri=REDIRECT, scopes=SCOPES)
    return api


def posts(api, me):
    """Text with an idempotency key, a picture, a poll, a thread."""
    first = api.status_post("First & <b>foremost</b>", visibility="public", idempotency_key="one")
    again = api.status_post("First & <b>foremost</b>", visibility="public", idempotency_key="one")
    assert first.id == again.id, "the same key made two posts"
    assert first.account.id == me.id and "&lt;b&gt;" in first.content, first

    media = api.media_post(io.BytesIO(picture()), mime_type="image/png", description="A red dot")
    media = api.media(media.id)
    assert media.type == "image" and media.description == "A red dot", media
    shown = api.status_post(
        "With a picture", media_ids=[media], sensitive=True, spoiler_text="Red", language="en"
    )
    assert shown.media_attachments[0].id == media.id and shown.spoiler_text == "Red", shown

    poll = api.make_poll(["Yes", "No"], expires_in=3600, multiple=True)
    asked = api.status_post("A question", poll=poll)
    assert [option.title for option in asked.poll.options] == ["Yes", "No"], asked

    reply = api.status_post("And then?", in_reply_to_id=first, visibility="unlisted")
    assert reply.in_reply_to_id == first.id, reply
    return [first, shown, asked, reply]


def main():
    api = sign_in()
    me = api.account_verify_credentials()
    assert me.username == "ana", me
    made = posts(api, me)
    listed = api.account_statuses(me.id)
    assert [s.id for s in listed] == [s.id for s in reversed(made)], listed
    assert api.status(made[1].id).spoiler_text == "Red"
    assert api.status_source(made[0].id).text == "First & <b>foremost</b>"

    try:
        api.status_post("x" * 501)
        raise SystemExit("a post of 501 characters was taken")
    except MastodonAPIError as refused:
        assert refused.args[1] == 422, refused.args

    api.status_delete(made[3].id)
    try:
        api.status(made[3].id)
        raise SystemExit("a deleted post is still there")
    except MastodonNotFoundError:
        pass

    api.revoke_access_token()
    again = Mastodon(access_token="a token that nobody gave out", api_base_url=ORIGIN)
    try:
        again.account_verify_credentials()
        raise SystemExit("a token that nobody gave out was taken")
    except MastodonUnauthorizedError:
        pass
    print("posts", len(made), "left", len(made) - 1)


main()
