"""Pictures lose everything but their pixels, and nothing else gets in."""

import io

import pytest
from PIL import Image

from panah.errors import InputError, RefusedError
from panah.site.funds.images import redraw, require_clean


def photo(size=(64, 48), **options):
    image = Image.radial_gradient("L").resize(size).convert("RGB")
    image.putpixel((1, 1), (9, 200, 30))
    pixels = Image.merge("RGB", (image.getchannel(0), image.getchannel(1).rotate(90), image.getchannel(2).rotate(45)))
    out = io.BytesIO()
    pixels.save(out, **options)
    return out.getvalue()


def with_place():
    exif = Image.Exif()
    exif[0x0110] = "Camera of Parisa"
    exif[0x0112] = 6  # lies on its side
    exif.get_ifd(0x8825)[1] = "N"
    return photo(format="JPEG", exif=exif, comment=b"hello")


def test_a_photograph_with_a_place_is_refused_and_its_copy_is_not():
    data = with_place()
    with pytest.raises(RefusedError, match="where and with what"):
        require_clean(data)
    copy = redraw(data)
    require_clean(copy)
    assert b"Parisa" not in copy
    assert b"hello" not in copy
    assert Image.open(io.BytesIO(copy)).size == (48, 64)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_every_kind_that_is_read_becomes_a_clean_picture(kind):
    require_clean(redraw(photo(format=kind)))


def test_what_is_transparent_becomes_white():
    out = io.BytesIO()
    Image.new("RGBA", (40, 20), (200, 0, 0, 0)).save(out, "PNG")
    copy = redraw(out.getvalue())
    require_clean(copy)
    assert Image.open(io.BytesIO(copy)).getpixel((5, 5)) == (255, 255, 255)


def test_a_large_photograph_shrinks():
    assert max(Image.open(io.BytesIO(redraw(photo((3000, 2000), format="JPEG")))).size) == 1600


@pytest.mark.parametrize("tail", [b"x", b"\xff\xd9PK\x03\x04", b"\0" * 64])
def test_something_that_hangs_behind_a_picture_is_refused(tail):
    with pytest.raises(RefusedError):
        require_clean(redraw(photo(format="JPEG")) + tail)


def test_a_picture_that_was_not_drawn_anew_is_refused():
    with pytest.raises(RefusedError):
        require_clean(photo(format="PNG"))


@pytest.mark.parametrize(
    "data", [b"", b"GIF89a", b"\xff\xd8\xff\xe1", b"%PDF-1.7", b"<svg/>", b"\x89PNG\r\n\x1a\n" + b"\0" * 40]
)
def test_what_is_no_picture_is_refused(data):
    with pytest.raises(InputError):
        redraw(data)
    with pytest.raises(RefusedError):
        require_clean(data)


def test_a_bomb_is_refused_before_it_is_drawn():
    with pytest.raises(InputError):
        redraw(photo_of_many_pixels())


def photo_of_many_pixels():
    out = io.BytesIO()
    Image.new("1", (9000, 9000)).save(out, "PNG")
    return out.getvalue()
