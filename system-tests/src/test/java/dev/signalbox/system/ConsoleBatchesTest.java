package dev.signalbox.system;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Batches in the console: how far each is, and how its messages ended. */
class ConsoleBatchesTest extends ConsoleScenario {
    private static final String ID = "019dc3a2-5f7e-7c31-9a52-3a1f0c8e4b77";

    @Test
    void aBatchIsFollowedToItsEnd() throws Exception {
        signIn("admin");
        page.evaluate("void (location.hash = '#/messages')");
        page.await("document.querySelector(`.title a[href='#/batches']`)");
        page.click(".title a[href='#/batches']");
        page.await("document.querySelector('batches-page')?.innerText.includes('There is no batch')");

        server.createBatch("""
                {"id": "%s", "callback": "topic:news", "messages": [
                    {"to": "sms:+61491570156", "body": "taken"},
                    {"to": "sms:+61491570157", "body": "refused", "headers": {"provider": "rejects"}},
                    {"to": "sms:+61491570158", "body": "later", "at": "2999-01-01T00:00:00Z"}]}
                """.formatted(ID));
        page.await("document.querySelectorAll('batches-page tbody tr').length === 1");
        page.await("document.querySelector('batches-page tbody').innerText.includes('0 of 3')");
        assertThat(page.text("batches-page tbody")).contains(ID, "none yet", "not yet", "topic:news");

        server.dispatch();
        page.await("document.querySelector('batches-page tbody').innerText.includes('2 of 3')");
        assertThat(page.text("batches-page tbody")).contains("1 SENT", "1 REJECTED", "not yet");
        assertThat(page.evaluate("document.querySelector('batches-page progress').value")
                        .intValue())
                .isEqualTo(2);
        assertThat(page.complaints()).isEmpty();
        page.picture(PICTURES.resolve("batches.png"));
    }
}
