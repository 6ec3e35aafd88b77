# ruff: noqa: F811 - the fund of a module stands in for that of the folder
"""Old phones: what browsers learnt after Chromium 80 (February 2020) is taken away before the page begins."""

from __future__ import annotations

from collections.abc import Callable

from tests.browser.peoplelab import Room, stage  # noqa: F401 - the fund of this module
from tests.browser.peoplepages import AskPage, MailboxPage
from tests.browser.stage import Manner, Visitor

# Name and the first Chromium that has it, by MDN's tables.
YOUNGER = """
    delete String.prototype.replaceAll;              // 85
    delete Promise.any;                              // 85
    delete Element.prototype.replaceChildren;        // 86
    delete Document.prototype.replaceChildren;
    delete DocumentFragment.prototype.replaceChildren;
    delete Array.prototype.at;                       // 92
    delete String.prototype.at;
    delete Object.getPrototypeOf(Uint8Array.prototype).at;
    delete crypto.__proto__.randomUUID;              // 92
    delete Object.hasOwn;                            // 93
    delete window.structuredClone;                   // 98
    delete Array.prototype.findLast;                 // 97
    delete AbortSignal.timeout;                      // 103
    delete Array.fromAsync;                          // 121
    delete ReadableStream.prototype[Symbol.asyncIterator]; // 124
    delete ReadableStream.from;
    delete Promise.withResolvers;                    // 119
    delete Uint8Array.fromBase64;                    // 140
    delete Uint8Array.prototype.toHex;
    delete window.Worker;                            // some have none for pages of this kind
    for (const name of ['generateKey', 'importKey', 'deriveBits']) {
        const own = SubtleCrypto.prototype[name];    // X25519: 133
        SubtleCrypto.prototype[name] = function (...told) {
            const text = JSON.stringify(told.map((one) => (one && one.name) || one));
            if (text.includes('X25519')) return Promise.reject(new DOMException('no', 'NotSupportedError'));
            return own.apply(this, told);
        };
    }
    const ask = Document.prototype.querySelector;    // :is(): 88
    Document.prototype.querySelector = function (text) {
        if (/:(is|where|has)\\(/.test(text)) throw new DOMException('no', 'SyntaxError');
        return ask.call(this, text);
    };
"""


def test_a_phone_of_2020_asks_and_reads(come: Callable[..., Visitor], stage: Room) -> None:
    visitor = come(Manner("prs", 360))
    visitor.context.add_init_script(YOUNGER)
    page = AskPage(visitor)
    page.open()
    assert page.page.evaluate("typeof String.prototype.replaceAll + typeof window.Worker") == "undefinedundefined"
    page.is_ready()
    code = page.person_asks("ما چهار نفریم.")
    _, letter = stage.newest()
    assert letter.body["text"] == "ما چهار نفریم."
    stage.answer(letter, lang="prs", text="خواندیم.", slot="0" * 16)
    mailbox = MailboxPage(visitor)
    mailbox.open()
    mailbox.reader_opens(code)
    assert mailbox.letters() == ["خواندیم."]


def test_a_browser_that_cannot_seal_is_told_so_before_a_word_is_typed(come: Callable[..., Visitor]) -> None:
    visitor = come(Manner())
    visitor.context.add_init_script("delete window.TransformStream")
    page = AskPage(visitor)
    page.open()
    page.shows("unable")
    assert page.page.locator("textarea").count() == 0
