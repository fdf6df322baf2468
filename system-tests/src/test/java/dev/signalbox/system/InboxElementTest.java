package dev.signalbox.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.SimpleFileServer;
import dev.signalbox.server.SignalboxCommand;
import dev.signalbox.server.node.Server;
import dev.signalbox.server.rest.AdminToken;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** Inboxes in a real browser, with a whole server: the web component on a page of an application, and the page of the console. */
class InboxElementTest {
    private static final Path CLIENT = Path.of("..", "clients", "javascript");
    private static final String SHADOW = "document.querySelector('signalbox-inbox').shadowRoot";
    private static final String PAGE = """
            <!doctype html><html lang="en"><meta charset="utf-8"><title>-</title><link rel="icon" href="data:,">
            <signalbox-inbox></signalbox-inbox>
            <script type="module">
              import { connect } from './signalbox.js';
              import './inbox-element.js';
              const element = document.querySelector('signalbox-inbox');
              element.addEventListener('unread', (event) => { document.title = String(event.detail); });
              element.addEventListener('problem', (event) => console.error(event.detail));
              element.client = connect('CLIENTS', { token: 'the-token-of-alice' });
            </script>
            """;

    @TempDir
    private Path folder;

    @Test
    void showsWhatWaitsAndWhatComesAndMarksIt() throws Exception {
        try (Server server = server()) {
            deliver(
                    server,
                    "text/html",
                    "<p>Hello <b>you</b><img src=x onerror=\"document.title='run'\">"
                            + "<script>document.title='run'</script>");
            HttpServer site = site(server.address("clients"));
            site.start();
            try (var chromium = Chromium.start(Files.createDirectory(folder.resolve("profile")))) {
                BrowserPage page = chromium.open(
                        URI.create("http://127.0.0.1:" + site.getAddress().getPort() + "/index.html"), 600, 600);
                page.await("document.title === '1'");
                assertThat(text(page, "li p")).isEqualTo("Hello you");
                deliver(server, "text/plain", "<i>second</i>");
                page.await("document.title === '2'");
                assertThat(text(page, "li p")).isEqualTo("<i>second</i>");
                page.picture(ConsoleScenario.PICTURES.resolve("inbox-element.png"));

                click(page, "Mark as read");
                page.await("document.title === '1'");
                page.await(SHADOW + ".querySelectorAll('li.read').length === 1");
                click(page, "Archive");
                page.await(SHADOW + ".querySelectorAll('li').length === 1");
                click(page, "Mark all as read");
                page.await("document.title === '0'");
                click(page, "Archive");
                page.await(SHADOW + ".textContent.includes('Nothing here.')");
                assertThat(page.complaints()).isEmpty();
                page.close();
                theConsoleShowsTheSame(server, chromium);
            } finally {
                site.stop(0);
            }
        }
    }

    /** Both items are archived by now. */
    private void theConsoleShowsTheSame(Server server, Chromium chromium) throws Exception {
        BrowserPage page = chromium.open(server.controlUri().resolve("/console/"), 1280, 900);
        page.await("document.activeElement.id === 'token'");
        page.type(AdminToken.find(folder.resolve("data")).orElseThrow().value());
        page.press("Enter", 13);
        page.await("document.querySelector('top-bar')");
        page.evaluate("void (location.hash = '#/inboxes')");
        page.await("document.querySelector('[data-page]').innerText.includes('Whose inbox?')");
        page.click("inboxes-page [name=recipient]");
        page.type("alice");
        page.press("Enter", 13);
        page.await("document.querySelector('[data-page]').innerText.includes('Nothing here for alice')");
        page.evaluate("void (location.hash = '#/inboxes?recipient=alice&state=ARCHIVED')");
        page.await("document.querySelectorAll('tbody tr').length === 2");
        assertThat(page.text("tbody tr:last-child")).contains("<p>Hello <b>you</b>", "HTML", "ARCHIVED");
        page.picture(ConsoleScenario.PICTURES.resolve("inboxes.png"));
        page.evaluate("document.querySelector('tbody tr:first-child button').click()");
        page.await("document.querySelectorAll('tbody tr').length === 1");
        page.await("document.querySelector('.title').innerText.includes('1 item unread')");
        page.evaluate("document.querySelector('.title a').click()");
        page.await("document.querySelectorAll('.messages > li').length === 2");
        assertThat(page.complaints()).isEmpty();
        page.close();
    }

    private static String text(BrowserPage page, String selector) {
        return page.evaluate(SHADOW + ".querySelector('" + selector + "').textContent")
                .stringValue();
    }

    private static void click(BrowserPage page, String label) {
        String button = "[..." + SHADOW + ".querySelectorAll('button')].find((b) => b.textContent === '" + label + "')";
        page.await(button);
        page.evaluate(button + ".click()");
    }

    private HttpServer site(URI clients) throws IOException {
        Path site = Files.createDirectory(folder.resolve("site"));
        try (DirectoryStream<Path> modules = Files.newDirectoryStream(CLIENT, "*.js")) {
            for (Path module : modules) {
                Files.copy(module, site.resolve(module.getFileName()));
            }
        }
        Files.writeString(site.resolve("index.html"), PAGE.replace("CLIENTS", clients.toString()));
        return SimpleFileServer.createFileServer(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                site.toRealPath(),
                SimpleFileServer.OutputLevel.NONE);
    }

    private Server server() {
        List<String> sets = List.of(
                "data.folder=" + folder.resolve("data"),
                "control.port=0",
                "clients.port=0",
                "clients.tokens.0.client=alice",
                "clients.tokens.0.token=the-token-of-alice");
        return Server.start(
                SignalboxCommand.FEATURES, SignalboxCommand.FEATURES.load(Optional.empty(), Map.of(), sets));
    }

    private void deliver(Server server, String type, String body) throws IOException, InterruptedException {
        String message = JsonMapper.shared()
                .writeValueAsString(Map.of("to", "inbox:alice", "body", body, "headers", Map.of("content-type", type)));
        String token = AdminToken.find(folder.resolve("data")).orElseThrow().value();
        var request = HttpRequest.newBuilder(server.controlUri().resolve("/api/messages"))
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(message));
        try (var http = HttpClient.newHttpClient()) {
            assertThat(http.send(request.build(), BodyHandlers.ofString()).statusCode())
                    .isEqualTo(202);
        }
    }
}
