package dev.signalbox.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.SimpleFileServer;
import dev.signalbox.server.SignalboxCommand;
import dev.signalbox.server.node.Server;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The client of clients/javascript in a real browser: its own tests, which also run in Node, and the example of a chat. */
class BrowserClientTest {
    private static final Path CLIENT = Path.of("..", "clients", "javascript");

    @TempDir
    private static Path folder;

    private static Chromium chromium;

    @BeforeAll
    static void startBrowser() throws Exception {
        chromium = Chromium.start(Files.createDirectory(folder.resolve("profile")));
    }

    @AfterAll
    static void stopBrowser() throws Exception {
        if (chromium != null) {
            chromium.close();
        }
    }

    @Test
    void itsOwnTestsPass() throws Exception {
        try (Server server = server()) {
            HttpServer site = site(server.address("clients"));
            site.start();
            try {
                BrowserPage page = chromium.open(
                        URI.create("http://127.0.0.1:" + site.getAddress().getPort() + "/index.html"), 600, 600);
                Awaitility.await("the tests in the browser")
                        .atMost(Duration.ofMinutes(2))
                        .until(() ->
                                page.evaluate("document.title").stringValue().equals("done"));
                JsonNode results = page.evaluate("globalThis.results");

                assertThat(results.size()).isGreaterThan(10);
                assertThat(StreamSupport.stream(results.spliterator(), false)
                                .filter(each -> !each.path("failed").isNull()))
                        .as("tests that failed or were skipped")
                        .isEmpty();
                page.close();
            } finally {
                site.stop(0);
            }
        }
    }

    @Test
    void twoPeopleChat() throws Exception {
        Process chat = chat();
        try {
            String address = awaitAddress();
            BrowserPage alice = chromium.open(URI.create(address + "?name=alice"), 600, 600);
            say(alice, "Is anybody here?");
            alice.await("document.querySelectorAll('#messages li').length === 1");
            BrowserPage bob = chromium.open(URI.create(address + "?name=bob"), 600, 600);
            bob.await("document.querySelectorAll('#messages li').length === 1");
            alice.await("document.querySelector('#people').textContent === 'alice, bob'");
            bob.click("#text");
            bob.type("I am");
            alice.await("document.querySelector('#typing').textContent === 'bob is typing …'");
            bob.press("Enter", 13);

            alice.await("document.querySelectorAll('#messages li').length === 2");
            assertThat(alice.text("#messages li:last-child")).isEqualTo("bob: I am");
            alice.await("document.querySelector('#typing').textContent === ''");
            alice.picture(ConsoleScenario.PICTURES.resolve("chat.png"));
            bob.go(URI.create("about:blank"));
            alice.await("document.querySelector('#people').textContent === 'alice'");
            assertThat(alice.complaints()).isEmpty();
            assertThat(bob.complaints()).isEmpty();
        } finally {
            chat.destroy();
        }
    }

    /** What {@code ./signalbox example chat} runs. */
    private static Process chat() throws IOException {
        String classes = Path.of("..", "examples", "target", "classes")
                + File.pathSeparator
                + System.getProperty("java.class.path");
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        classes,
                        "dev.signalbox.examples.ChatExample")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("chat.log").toFile())
                .start();
    }

    private static String awaitAddress() {
        return Awaitility.await("the address of the chat")
                .atMost(Duration.ofSeconds(60))
                .until(
                        () -> Pattern.compile("http://127\\.0\\.0\\.1:\\d+/")
                                .matcher(Files.readString(folder.resolve("chat.log")))
                                .results()
                                .map(MatchResult::group)
                                .findFirst()
                                .orElse(""),
                        address -> !address.isEmpty());
    }

    private static void say(BrowserPage page, String text) {
        page.await("document.querySelector('#people').textContent !== 'nobody'");
        page.click("#text");
        page.type(text);
        page.press("Enter", 13);
    }

    private static HttpServer site(URI clients) throws IOException {
        Path site = Files.createDirectory(folder.resolve("site"));
        copy(CLIENT, site);
        copy(CLIENT.resolve("test"), Files.createDirectory(site.resolve("test")));
        Path browser = Files.createDirectory(site.resolve("browser"));
        for (String name : List.of("node-test.js", "node-assert.js")) {
            Files.writeString(browser.resolve(name), resource(name));
        }
        Files.writeString(site.resolve("index.html"), resource("index.html").replace("CLIENTS", clients.toString()));
        return SimpleFileServer.createFileServer(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                site.toRealPath(),
                SimpleFileServer.OutputLevel.NONE);
    }

    private static void copy(Path from, Path to) throws IOException {
        try (DirectoryStream<Path> modules = Files.newDirectoryStream(from, "*.js")) {
            for (Path module : modules) {
                Files.copy(module, to.resolve(module.getFileName()));
            }
        }
    }

    private static String resource(String name) throws IOException {
        try (InputStream in =
                Objects.requireNonNull(BrowserClientTest.class.getResourceAsStream("browser/" + name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static Server server() {
        List<String> sets = List.of(
                "data.folder=" + folder.resolve("data"),
                "control.port=0",
                "clients.port=0",
                "topics.rules.0.name=rooms/*",
                "topics.rules.0.publish=*",
                "topics.rules.0.subscribe=*",
                "topics.rules.0.presence=true",
                "topics.rules.0.conflate=symbol",
                "clients.tokens.0.client=alice",
                "clients.tokens.0.token=the-token-of-alice",
                "clients.tokens.1.client=bob",
                "clients.tokens.1.token=the-token-of-bob");
        return Server.start(
                SignalboxCommand.FEATURES, SignalboxCommand.FEATURES.load(Optional.empty(), Map.of(), sets));
    }
}
