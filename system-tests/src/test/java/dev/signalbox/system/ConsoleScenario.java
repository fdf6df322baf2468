package dev.signalbox.system;

import dev.signalbox.delivery.queue.Reach;
import dev.signalbox.server.node.ShownServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The console in a real browser, over a server that holds a message in almost every state. */
abstract class ConsoleScenario {
    static final Path PICTURES = Path.of("target", "console");
    static final int MESSAGES = 9;

    static Chromium chromium;

    @TempDir
    Path folder;

    ShownServer server;
    BrowserPage page;
    UUID rejected;
    UUID unknown;

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
        unknown = server.enqueue(Reach.to("sms:+61491570158")
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

    void typeToken(String token) {
        page.await("document.activeElement.id === 'token'");
        page.type(token);
        page.press("Enter", 13);
    }

    /** Signs in and waits for the overview. */
    void signIn(String token) {
        typeToken(token);
        awaitMessages(MESSAGES);
    }

    /** Goes to an address of the console without loading it anew, as a link does. */
    void show(String address) {
        page.evaluate("void (location.hash = '" + address + "')");
    }

    void awaitMessages(int count) {
        page.await("document.querySelectorAll('.messages > li').length === " + count);
    }

    /** Shows one message and waits for its history. */
    void showMessage(UUID id) {
        show("#/messages/" + id);
        page.await("document.querySelector('message-page .timeline')");
    }

    static String row(UUID id) {
        return "[data-id='" + id + "']";
    }
}
