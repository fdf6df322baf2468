package dev.signalbox.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.delivery.queue.Reach;
import dev.signalbox.delivery.queue.State;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The console in a real browser. Pictures are in target/console. */
class ConsoleTest {
    private static final Path PICTURES = Path.of("target", "console");

    private static Chromium chromium;

    @TempDir
    private Path folder;

    private ShownServer server;
    private BrowserPage page;
    private UUID rejected;
    private UUID uncertain;

    @BeforeAll
    static void startBrowser(@TempDir Path profiles) throws Exception {
        chromium = Chromium.start(Files.createDirectory(profiles.resolve("profile")));
    }

    @AfterAll
    static void stopBrowser() throws Exception {
        if (chromium != null) {
            chromium.close();
        }
    }

    @BeforeEach
    void open() throws Exception {
        server = new ShownServer(folder);
        fill();
        page = chromium.open(server.uri("/console/"), 1280, 900);
    }

    @AfterEach
    void stop() {
        page.close();
        server.close();
    }

    /** Messages that end in as many ways as there are. */
    private void fill() {
        rejected = server.enqueue(Reach.to("sms:+61491570157")
                .body("Your appointment is on Monday at 9:40.")
                .header("provider", "rejects"));
        uncertain = server.enqueue(Reach.to("sms:+61491570158")
                .body("Code 218 443")
                .header("provider", "hangs")
                .maxAttempts(2));
        server.enqueue(Reach.to("client:zoe within 5s", "sms:+61491570156").body("Ваша посылка ждёт на стойке"));
        server.enqueue(Reach.to("client:alice within 5s", "sms:+61491570006")
                .body("Table for four at half past seven is ready"));
        server.enqueue(Reach.to("client:bruno").body("Il tuo ordine è in viaggio"));
        server.enqueue(
                Reach.to("sms:+61491570159").body("Your parcel is late, sorry").header("provider", "busy"));
        server.enqueue(Reach.to("client:fred within 5s", "sms:+61491570110")
                .body("Doors open at 8")
                .dedupeKey("doors-8"));
        server.dispatch();
        server.enqueue(Reach.to("client:chiyo within 10s", "sms:+61491570313")
                .body("Το δέμα σας έφτασε")
                .at(Instant.now().plusSeconds(3600)));
        server.queue.cancel(server.enqueue(Reach.to("sms:+61491570314").body("Never mind")));
    }

    private void signIn(String token) {
        page.await("document.activeElement.id === 'token'");
        page.type(token);
        page.press("Enter", 13);
    }

    private void signedIn(String token) {
        signIn(token);
        page.await("document.querySelectorAll('.messages > li').length === 9");
    }

    private static String row(UUID id) {
        return "[data-id='" + id + "']";
    }

    @Test
    void itLoadsWithoutComplaintsAndShowsWhatTheQueueHolds() throws Exception {
        signedIn("admin");

        var counts = server.queue.counts();
        for (State state : State.values()) {
            assertThat(page.text("[data-state=" + state + "] .value"))
                    .isEqualTo(String.valueOf(counts.byState().getOrDefault(state, 0L)));
        }
        assertThat(page.text(".clients .count")).isEqualTo("6");
        assertThat(page.text(".clients")).contains("alice", "warehouse-display-04", "192.0.2.10");
        assertThat(page.text(row(rejected))).contains("Rejected", "+61491570157", "1 attempt");
        assertThat(page.complaints()).isEmpty();
        page.picture(PICTURES.resolve("light.png"));
    }

    @Test
    void aWrongTokenIsToldAndTheRightOneLeavesNoTrace() throws Exception {
        page.await("document.activeElement.id === 'token'");
        page.picture(PICTURES.resolve("token.png"));
        signIn("guess");
        page.await("document.querySelector('[role=alert]')");
        assertThat(page.text("[role=alert]")).isEqualTo("This token is not known here.");

        page.evaluate("document.querySelector('#token').value = ''");
        signedIn("reader");
        assertThat(page.evaluate("location.href").stringValue())
                .isEqualTo(server.uri("/console/").toString());
        assertThat(page.evaluate("localStorage.getItem('signalbox.token')").isNull())
                .isTrue();
    }

    @Test
    void attemptsAppearOnClick() throws Exception {
        signedIn("admin");
        page.click(row(rejected) + " .row");

        page.await("document.querySelector(\"" + row(rejected) + " .timeline\")");
        assertThat(page.text(row(rejected) + " .timeline"))
                .contains("Refused", "sms +61491570157", "the number is barred");
        page.click(row(uncertain) + " .row");
        page.await("document.querySelectorAll('.timeline').length === 2");
        page.picture(PICTURES.resolve("attempts.png"));
        assertThat(page.complaints()).isEmpty();
    }

    @Test
    void aRetryIsAskedForOnceAndShown() throws Exception {
        signedIn("admin");
        page.click(row(uncertain) + " .row");
        page.click(row(uncertain) + " .details footer button");
        page.await("document.querySelector('dialog[open]')");
        assertThat(page.text("dialog")).contains("It may have reached sms:+61491570158 already");
        page.press("Escape", 27);
        page.await("!document.querySelector('dialog[open]')");
        assertThat(server.queue.find(uncertain).orElseThrow().state()).isEqualTo(State.UNKNOWN);

        page.click(row(uncertain) + " .details footer button");
        page.click("dialog .primary");
        page.await("document.querySelector(\"" + row(uncertain) + " .status\").innerText === 'Pending'");
        assertThat(server.queue.find(uncertain).orElseThrow().state()).isEqualTo(State.PENDING);
        assertThat(page.complaints()).isEmpty();
    }

    @Test
    void choosingAStateFiltersTheList() {
        signedIn("admin");
        page.click("[data-state=REJECTED]");
        page.await("document.querySelectorAll('.messages > li').length === 1");
        assertThat(page.text("#messages-title")).isEqualTo("Rejected messages");
        assertThat(page.evaluate("document.querySelector('[data-state=REJECTED]').ariaPressed")
                        .stringValue())
                .isEqualTo("true");

        page.click("[data-state=EXPIRED]");
        page.await("document.querySelector('.deliveries .empty')?.innerText.startsWith('No message is expired')");
        page.click(".deliveries .empty .link");
        page.await("document.querySelectorAll('.messages > li').length === 9");
    }

    @Test
    void sendingIsPausedAndResumed() {
        server.dispatcher.start();
        signedIn("admin");
        page.click(".dispatch");
        page.click("dialog .primary");
        page.await("document.querySelector('.pills').innerText.includes('Paused')");
        page.click(".dispatch");
        page.await("document.querySelector('.pills').innerText.includes('Sending')");
        server.dispatcher.pause();
    }

    @Test
    void aReaderIsOfferedNothingToChange() {
        signedIn("reader");
        page.click(row(rejected) + " .row");
        page.await("document.querySelector('.timeline')");

        assertThat(page.has(".dispatch")).isFalse();
        assertThat(page.has(".details footer button")).isFalse();
    }

    @Test
    void newMessagesAppearByThemselves() {
        signedIn("admin");
        server.enqueue(Reach.to("client:dmitri").body("Fresh"));
        page.await("document.querySelector('.messages > li .body').innerText === 'Fresh'");
        server.dispatch();
        page.await("document.querySelector('.messages > li .status').innerText === 'Sent'");
    }

    @Test
    void aServerThatGoesAwayIsToldAndFoundAgain() throws Exception {
        signedIn("admin");
        int port = server.uri("/").getPort();
        server.vanish();
        page.await("document.querySelector('.banner')?.innerText.includes('The server does not answer')");
        page.picture(PICTURES.resolve("away.png"));
        server.returnAt(port);
        page.await("!document.querySelector('.banner')");
    }

    @Test
    void darknessFollowsTheSystemAndTheToggle() throws Exception {
        page.prefer("dark");
        signedIn("admin");
        page.click(row(uncertain) + " .row");
        assertThat(brightness()).isLessThan(60);
        page.picture(PICTURES.resolve("dark.png"));

        page.click(".theme");
        page.await("document.documentElement.dataset.theme === 'light'");
        assertThat(brightness()).isGreaterThan(200);
        page.evaluate("localStorage.clear()");
    }

    private int brightness() {
        return page.evaluate("Number(getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0])")
                .intValue();
    }

    @Test
    void aPhoneHasNothingToScrollSideways() throws Exception {
        page.resize(390, 844);
        signedIn("admin");
        page.click(row(rejected) + " .row");
        page.await("document.querySelector('.timeline')");

        assertThat(page.evaluate("document.documentElement.scrollWidth").intValue())
                .isEqualTo(390);
        page.picture(PICTURES.resolve("narrow.png"));
    }

    @Test
    void everythingCanBeReachedByKeyboardAndHasAName() {
        signedIn("admin");

        assertThat(page.evaluate("""
                [...document.querySelectorAll('button, a, input')].filter(e => !e.textContent.trim() && !e.ariaLabel
                    && !e.labels?.length).length
                """).intValue()).isZero();
        page.evaluate("document.querySelector('.messages .row').focus()");
        page.press("Enter", 13);
        page.await("document.querySelector('.messages .row').ariaExpanded === 'true'");
        assertThat(page.evaluate("document.activeElement.className").stringValue())
                .isEqualTo("row");
    }
}
