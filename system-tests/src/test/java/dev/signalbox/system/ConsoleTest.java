package dev.signalbox.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.delivery.queue.MessageState;
import dev.signalbox.delivery.queue.Reach;
import org.junit.jupiter.api.Test;

/** The console's shell and overview in a real browser. Pictures are in target/console. */
class ConsoleTest extends ConsoleScenario {

    @Test
    void itLoadsWithoutComplaintsAndShowsWhatTheQueueHolds() throws Exception {
        signIn("admin");

        var counts = server.queue.counts();
        for (MessageState state : MessageState.values()) {
            assertThat(page.text("[data-state=" + state + "] .value"))
                    .isEqualTo(String.valueOf(counts.byState().getOrDefault(state, 0L)));
            assertThat(page.text("[data-state=" + state + "] .name")).isEqualTo(state.name());
        }
        assertThat(page.text(".tiles")).contains("Clients connected\n6", "database");
        assertThat(page.text(row(rejected))).contains("REJECTED", "+61491570157", "1 attempt");
        assertThat(page.complaints()).isEmpty();
        page.picture(PICTURES.resolve("overview.png"));
    }

    @Test
    void aWrongTokenIsToldAndTheRightOneLeavesNoTrace() throws Exception {
        page.await("document.activeElement.id === 'token'");
        page.picture(PICTURES.resolve("token.png"));
        typeToken("guess");
        page.await("document.querySelector('[role=alert]')");
        assertThat(page.text("[role=alert]")).isEqualTo("This token is not known here.");

        page.evaluate("document.querySelector('#token').value = ''");
        signIn("reader");
        assertThat(page.evaluate("location.href").stringValue())
                .isEqualTo(server.uri("/console/").toString());
        assertThat(page.evaluate("localStorage.getItem('signalbox.token')").isNull())
                .isTrue();
    }

    @Test
    void signingOutLeavesNothingOfTheMessagesInThePage() {
        signIn("admin");
        page.click(".tools button:last-child");

        page.await("document.querySelector('#token')");
        assertThat(page.text("body")).doesNotContain("+61491570157");
        assertThat(page.evaluate("sessionStorage.length").intValue()).isZero();
    }

    @Test
    void sendingIsPausedAndResumed() {
        server.dispatcher.start();
        signIn("admin");
        page.click(".dispatch");
        page.click("dialog .primary");
        page.await("document.querySelector('.pills').innerText.includes('PAUSED')");
        page.click(".dispatch");
        page.await("document.querySelector('.pills').innerText.includes('RUNNING')");
        server.dispatcher.pause();
    }

    @Test
    void maintenanceIsEnteredShownAndEnded() {
        signIn("admin");
        page.click("button.maintenance");
        page.click("dialog .primary");
        page.await("document.querySelector('maintenance-banner').innerText.includes('This node is in maintenance.')");
        page.click("maintenance-banner .link");

        page.await("document.querySelector('button.maintenance')");
        assertThat(page.text("maintenance-banner")).isEmpty();
    }

    @Test
    void newMessagesAppearByThemselves() {
        signIn("admin");
        server.enqueue(Reach.to("client:dmitri").body("Fresh"));
        page.await("document.querySelector('.messages > li .body').innerText === 'Fresh'");
        server.dispatch();
        page.await("document.querySelector('.messages > li .mark').innerText === 'SENT'");
    }

    @Test
    void aServerThatGoesAwayIsToldWithTheMomentAndFoundAgain() throws Exception {
        signIn("admin");
        int port = server.uri("/").getPort();
        server.vanish();
        page.await("/^Server away since \\d\\d:\\d\\d:\\d\\d \\(\\d+"
                + " s\\)/.test(document.querySelector('.banner')?.innerText)");
        assertThat(page.evaluate("document.querySelector('.dispatch').disabled").booleanValue())
                .isTrue();
        page.await("/\\([1-9]\\d* s\\)/.test(document.querySelector('.banner')?.innerText)");
        page.picture(PICTURES.resolve("away.png"));
        server.returnAt(port);
        page.await("!document.querySelector('.banner')");
    }

    /** What is drawn is a step for each second; a curve or a slope would show rates that there never were. */
    @Test
    void theChartDrawsOnlyWhatTheServerCounted() {
        signIn("admin");
        page.evaluate(
                "import('chart.js').then(m => { window.shown = m.Chart.getChart(document.querySelector('canvas')); })");

        assertThat(page.evaluate("shown.data.datasets.every(d => d.stepped === 'after' && !d.tension)")
                        .booleanValue())
                .isTrue();
    }

    @Test
    void aBurstLeavesTheUsualRateReadableAndTheScaleSaysSo() {
        page.evaluate("import('./rate-scale.js').then(m => { window.scaleFor = m.scaleFor; })");

        assertThat(page.evaluate("scaleFor([4, 5, 0, 6, 30]).kind").stringValue())
                .isEqualTo("linear");
        assertThat(page.evaluate("scaleFor([4, 5, 0, 6, 5000]).kind").stringValue())
                .isEqualTo("logarithmic");
        assertThat(page.evaluate("(s => s.position(5) / s.position(5000))(scaleFor([4, 5, 0, 6, 5000]))")
                        .doubleValue())
                .isGreaterThan(0.15);
        assertThat(page.evaluate("(s => [0, 1, 42, 5000].every(r => s.rate(s.position(r)) === r))(scaleFor([4, 5000]))")
                        .booleanValue())
                .isTrue();
    }
}
