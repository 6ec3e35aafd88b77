"""What signed statements do to texts and money: exactly what was signed, by the charter's rules."""

import base64
import json
import secrets
from hashlib import sha256

from panah.errors import InputError
from panah.proof import canonical
from panah.site.funds.images import redraw
from panah.site.funds.texts import Attached
from panah.storage.models import Update, UpdateImage
from tests.fund_world import TODAY
from tests.site.test_funds_images import photo


def update_file(name="letters", images=(), text="Nineteen letters came."):
    value = {
        "id": name,
        "day": TODAY.isoformat(),
        "salt": base64.b64encode(secrets.token_bytes(16)).decode(),
        "texts": {"en": {"title": "Letters", "body": text}, "prs": {"title": "نامه‌ها", "body": "نوزده نامه رسید."}},
        "images": [{"sha256": sha256(image).hexdigest(), "alt": {"en": "A desk"}} for image in images],
    }
    data = canonical.encode(value)
    return data, base64.b64encode(sha256(data).digest()).decode()


def test_an_update_comes_with_exactly_the_text_and_pictures_that_were_signed(opened):
    image = redraw(photo(format="JPEG"))
    data, digest = update_file(images=[image])
    fields = {"id": "letters", "text": digest}
    opened.is_refused("update", **fields, error=InputError, match="missing")
    opened.is_refused("update", **fields, attached=Attached(update_file()[0], (image,)), match="not the text")
    opened.is_refused("update", **fields, attached=Attached(data, ()), error=InputError, match="picture")
    opened.is_refused(
        "update",
        **fields,
        attached=Attached(data, (image, redraw(photo((9, 9), format="PNG")))),
        error=InputError,
    )
    opened.say("update", **fields, attached=Attached(data, (image,)))
    assert bytes(Update.objects.using(opened.fund.alias).get().file) == data
    assert bytes(UpdateImage.objects.using(opened.fund.alias).get().data) == image
    opened.audit()


def test_a_picture_with_more_than_pixels_is_refused_though_two_signed_it(opened):
    image = photo(format="JPEG", comment=b"made at home")
    data, digest = update_file(images=[image])
    opened.is_refused("update", id="letters", text=digest, attached=Attached(data, (image,)), match="made")


def test_an_update_is_corrected_by_a_later_one_of_its_name(opened):
    for text in ("First.", "Second."):
        data, digest = update_file(text=text)
        opened.say("update", id="letters", text=digest, attached=Attached(data))
    assert b"Second" in bytes(Update.objects.using(opened.fund.alias).get().file)
    opened.audit()


def test_one_member_withdraws_and_two_restore(opened):
    image = redraw(photo(format="JPEG"))
    data, digest = update_file(images=[image])
    opened.say("update", id="letters", text=digest, attached=Attached(data, (image,)))
    name = base64.b64encode(sha256(image).digest()).decode()
    opened.say("withdraw", "cyrus", id=base64.b64encode(bytes(16)).decode(), update="letters", image=name)
    assert UpdateImage.objects.using(opened.fund.alias).get().withdrawn
    assert not Update.objects.using(opened.fund.alias).get().withdrawn
    opened.say("withdraw", "cyrus", id=base64.b64encode(bytes([1] * 16)).decode(), update="letters")
    assert Update.objects.using(opened.fund.alias).get().withdrawn
    opened.is_refused(
        "withdraw", "cyrus", id=base64.b64encode(bytes([2] * 16)).decode(), update="nothing", match="no such"
    )
    opened.say("restore", id=base64.b64encode(bytes(16)).decode(), update="letters")
    assert not Update.objects.using(opened.fund.alias).get().withdrawn


def leaf_of_gift(team):
    return next(i for i, data in enumerate(team.snapshot()[0]) if json.loads(data)["t"] == "panah/1/gift")


def test_a_returned_gift_frees_room_and_never_more_than_it_was(opened):
    opened.give(5000)
    index = leaf_of_gift(opened)
    opened.is_refused("gift-return", gift=index, amount=5001, counted=5001, match="More would be returned")
    opened.is_refused("gift-return", gift=index, amount=5000, counted=4000, match="held part")
    opened.is_refused("gift-return", gift=1, amount=10, counted=10, match="not a gift")
    opened.say("gift-return", gift=index, amount=2000, counted=2000)
    assert opened.audit().counted == 3000


def test_money_past_the_goal_goes_only_where_the_charter_says_and_holds_up_the_close(opened):
    late = opened.promise(6000)
    opened.give(4_999_000)
    opened.pay(late, 6000, "settled")  # 5000 of it past the goal
    assert opened.counter().held == 5000
    index = next(i for i, data in enumerate(opened.snapshot()[0]) if json.loads(data).get("amount") == 6000)
    sibling = "Paper Boat: scholarships for artists at risk"
    opened.is_refused("overflow", gift=index, amount=5000, to="reserve", match="overflow rule")
    opened.is_refused("overflow", gift=index, amount=5000, to="pass-on", sibling="My own", match="names")
    opened.is_refused("overflow", gift=index, amount=5001, to="pass-on", sibling=sibling, match="More would be handed")
    opened.say("life", to="winding")
    opened.is_refused("close", match="held past the goal: 50.00 EUR")
    opened.say("overflow", gift=index, amount=5000, to="pass-on", sibling=sibling)
    opened.say("close")
    books = opened.audit()
    assert (books.state, books.passed_on, books.held) == ("closed", 5000, 0)


def test_settling_moves_only_between_the_funds_own_accounts(opened):
    opened.give(5000)
    fields = {"from": "assets:fake", "out": 5000, "cur": "EUR", "to": "assets:bank", "in": 5000, "into": "EUR"}
    opened.is_refused("settle", **fields | {"to": "expenses:food"}, match="own assets")
    opened.is_refused("settle", **fields | {"in": 4000}, match="does not arrive")
    opened.say("settle", **fields)
    assert opened.audit().balances["assets:bank", "EUR"] == 5000
