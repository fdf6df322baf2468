package dev.signalbox.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.delivery.queue.MessageState;
import dev.signalbox.delivery.queue.Reach;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Resolving, acting on all that match, searching bodies and errors, settings: what the console can do with a server that can. */
class ConsoleActionsTest extends ConsoleScenario {

    private MessageState state(UUID id) {
        return server.queue.find(id).orElseThrow().state();
    }

    private void clickButton(String text) {
        page.await("[...document.querySelectorAll('.buttons button')].find(b => b.innerText === '" + text + "')");
        page.evaluate(
                "[...document.querySelectorAll('.buttons button')].find(b => b.innerText === '" + text + "').click()");
        page.await("document.querySelector('dialog[open]')");
    }

    @ParameterizedTest
    @CsvSource({"It arrived…, SENT", "It did not arrive…, DEAD", "Try again…, PENDING"})
    void whatBecameOfAnUnknownMessageIsRecorded(String button, MessageState becomes) {
        signIn("admin");
        showMessage(unknown);
        clickButton(button);
        page.click("dialog textarea");
        page.type("asked by telephone");
        page.click("dialog .primary");

        page.await("document.querySelector('.state-now').innerText.startsWith('" + becomes + "')");
        assertThat(state(unknown)).isEqualTo(becomes);
        assertThat(page.complaints()).isEmpty();
    }

    @Test
    void allThatMatchAreCountedBeforeTheyAreChanged() {
        UUID other = server.enqueue(Reach.to("sms:+61491570171").body("Another").header("provider", "rejects"));
        server.dispatch();
        typeToken("admin");
        page.await("document.querySelector('top-bar')");
        show("#/messages?state=REJECTED");
        awaitMessages(2);
        clickButton("Retry all…");
        assertThat(page.text("dialog")).contains("Retry 2 messages?", "state REJECTED");
        page.press("Escape", 27);
        page.await("!document.querySelector('dialog[open]')");
        assertThat(state(other)).isEqualTo(MessageState.REJECTED);

        clickButton("Retry all…");
        page.click("dialog .primary");
        page.await("document.querySelector('.banner')?.innerText.startsWith('2 messages changed.')");
        assertThat(state(other)).isEqualTo(MessageState.PENDING);
        assertThat(state(rejected)).isEqualTo(MessageState.PENDING);
    }

    @Test
    void unknownMessagesAreResolvedTogether() {
        signIn("admin");
        show("#/messages?state=UNKNOWN");
        awaitMessages(1);
        clickButton("All arrived…");
        page.click("dialog .primary");

        page.await("document.querySelector('.banner')?.innerText.startsWith('1 message changed.')");
        assertThat(state(unknown)).isEqualTo(MessageState.SENT);
    }

    @Test
    void messagesAreSearchedByTextErrorAndTheBeginningOfAnId() {
        signIn("admin");
        show("#/messages?text=appointment");
        awaitMessages(1);
        show("#/messages?reason=barred&state=REJECTED");
        awaitMessages(1);
        show("#/messages?id=" + rejected);
        awaitMessages(1);
        assertThat(page.text(".messages")).contains("+61491570157");

        show("#/messages?id=zz");
        page.await("document.querySelector('#error-id')");
        assertThat(page.evaluate("document.querySelector('[name=id]').getAttribute('aria-invalid')")
                        .stringValue())
                .isEqualTo("true");
    }

    @Test
    void theOverviewTellsAgesErrorsAndLatency() {
        signIn("admin");

        assertThat(page.text(".tiles")).contains("Oldest PENDING", "Oldest due");
        assertThat(page.text("[data-page]")).contains("Errors by reason", "the number is barred", "Accepted to SENT");
    }

    @Test
    void clientsAreSearchedByTheBeginningOfTheirId() {
        signIn("admin");
        show("#/clients?id=ware");

        page.await("document.querySelectorAll('tbody tr').length === 1");
        assertThat(page.text("tbody")).contains("warehouse-display-04");
    }

    @Test
    void settingsAreForAdminsOnly() {
        signIn("reader");
        show("#/settings");

        page.await("document.querySelector('[role=alert]')?.innerText.includes('needs an admin')");
    }
}
