package dev.signalbox.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.delivery.queue.MessageState;
import dev.signalbox.delivery.queue.Reach;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The list of messages and the page of one: addresses, filters, paging, actions, untrusted text. */
class ConsoleMessagesTest extends ConsoleScenario {
    private static final String SHOW_MORE = "document.querySelector('messages-page .more .plain')";

    @Test
    void choosingAStateFiltersTheListAndTheAddress() {
        signIn("admin");
        page.click("[data-state=REJECTED]");
        page.await("location.hash === '#/messages?state=REJECTED'");
        awaitMessages(1);
        assertThat(page.evaluate("document.querySelector('[data-state=REJECTED]').getAttribute('aria-current')")
                        .stringValue())
                .isEqualTo("true");

        page.click("[data-state=EXPIRED]");
        page.await("document.querySelector('.empty')?.innerText.startsWith('No message matches state EXPIRED')");
        page.evaluate("history.back()");
        awaitMessages(1);
        page.evaluate("history.forward()");
        page.click(".empty a");
        awaitMessages(MESSAGES);
    }

    @Test
    void anAddressWithAFilterCanBeShared() throws Exception {
        signIn("admin");
        page.go(server.uri("/console/?shared#/messages?state=CANCELLED"));

        awaitMessages(1);
        assertThat(page.text(".messages")).contains("CANCELLED", "Never mind");
        assertThat(page.evaluate("document.title").stringValue()).isEqualTo("Messages · Signalbox");
    }

    @Test
    void anAddressIsSearchedForWithOrWithoutItsChannel() {
        signIn("admin");
        show("#/messages");
        page.click("[name=address]");
        page.type("sms:+61491570314");
        page.press("Enter", 13);

        page.await("location.hash === '#/messages?address=%2B61491570314&channel=sms'");
        awaitMessages(1);
        assertThat(page.text(".messages")).contains("Never mind");
    }

    @Test
    void theListGoesOnWithoutEndAndIsFoundAgainWhereItWasLeft() {
        for (int i = 0; i < 70; i++) {
            server.enqueue(Reach.to("client:dmitri").body("Number " + i));
        }
        signInAtMessages();
        awaitMessages(50);
        page.click("messages-page .more .plain");
        awaitMessages(70 + MESSAGES);
        page.await("!" + SHOW_MORE);

        page.click(row(rejected));
        page.await("document.activeElement.innerText === 'Message'");
        page.evaluate("history.back()");
        awaitMessages(70 + MESSAGES);
        page.await("document.activeElement.dataset.id === '" + rejected + "'");
        assertThat(page.evaluate("scrollY").intValue()).isPositive();
    }

    /** The server may stop looking before it found anything; the console goes on from there. */
    @Test
    void aPageThatIsEmptyButNotTheLastIsGoneBeyond() {
        page.evaluate("""
                import('./paging.js').then(async m => {
                    const pages = [{items: [], next: 'a', searched: 100}, {items: [], next: 'b', searched: 100},
                        {items: [{id: 1}], searched: 7}];
                    window.cursors = [];
                    window.list = new m.PagedList(async ({cursor}) => { cursors.push(cursor); return pages.shift(); },
                        {changed: () => {}});
                    await list.refresh();
                })
                """);

        assertThat(page.evaluate("JSON.stringify([cursors, list.items, list.searched])")
                        .stringValue())
                .isEqualTo("[[null,\"a\",\"b\"],[{\"id\":1}],207]");
    }

    private void signInAtMessages() {
        typeToken("admin");
        page.await("document.querySelector('top-bar')");
        show("#/messages");
    }

    @Test
    void aMessageHasAPageWithEveryAttempt() throws Exception {
        signIn("admin");
        page.click(row(rejected));
        page.await("document.querySelector('message-page .timeline')");

        assertThat(page.evaluate("location.hash").stringValue()).isEqualTo("#/messages/" + rejected);
        assertThat(page.text(".state-now")).contains("REJECTED");
        assertThat(page.text(".timeline")).contains("Rejected", "sms:+61491570157", "the number is barred");
        page.picture(PICTURES.resolve("message.png"));
        assertThat(page.complaints()).isEmpty();
    }

    @Test
    void aMessageThatThereIsNotIsToldSo() {
        signIn("admin");
        show("#/messages/" + UUID.randomUUID());

        page.await("document.querySelector('[role=alert]')?.innerText.startsWith('There is no message')");
    }

    @Test
    void aRetryIsAskedForOnceAndShownAndTheFocusComesBack() {
        signIn("admin");
        showMessage(rejected);
        page.click("message-page .buttons button");
        page.await("document.querySelector('dialog[open]')");
        page.press("Escape", 27);
        page.await("!document.querySelector('dialog[open]')");
        page.await("document.activeElement.innerText === 'Retry…'");
        assertThat(server.queue.find(rejected).orElseThrow().state()).isEqualTo(MessageState.REJECTED);

        page.click("message-page .buttons button");
        page.click("dialog .primary");
        page.await("document.querySelector('.state-now').innerText.startsWith('PENDING')");
        assertThat(server.queue.find(rejected).orElseThrow().state()).isEqualTo(MessageState.PENDING);
        page.await("document.activeElement.innerText === 'Message'");
        assertThat(page.complaints()).isEmpty();
    }

    @Test
    void aReaderIsOfferedNothingToChange() {
        signIn("reader");
        assertThat(page.has(".dispatch")).isFalse();
        showMessage(unknown);
        assertThat(page.has("message-page .buttons")).isFalse();
        show("#/messages?state=REJECTED");
        awaitMessages(1);
        assertThat(page.has("messages-page .bar button")).isFalse();
    }

    @Test
    void whatOthersWroteIsNeverMarkupAndHidesNothing() {
        UUID hostile = server.enqueue(Reach.to("client:dmitri")
                .body("<img src=x onerror=alert(1)> photo\u202Egnp.exe \u0007\u200B" + "x".repeat(20_000)));
        signInAtMessages();
        awaitMessages(MESSAGES + 1);
        assertThat(page.text(row(hostile)))
                .contains("<img src=x", "U+202E", "U+0007")
                .hasSizeLessThan(600);

        showMessage(hostile);
        assertThat(page.text("blockquote"))
                .contains("<img src=x", "photoU+202Egnp.exe", "U+200B")
                .hasSizeLessThan(10_100);
        assertThat(page.has("blockquote img")).isFalse();
        assertThat(page.evaluate("/[\\u202e\\u0007\\u200b]/.test(document.body.textContent)")
                        .booleanValue())
                .isFalse();
        page.click("message-page .more button");
        page.await("document.querySelector('blockquote').innerText.length > 20000");
        assertThat(page.complaints()).isEmpty();
    }
}
