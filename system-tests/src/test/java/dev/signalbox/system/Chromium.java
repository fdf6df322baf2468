package dev.signalbox.system;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;
import tools.jackson.databind.json.JsonMapper;

/**
 * The system's Chromium, headless, steered over its own DevTools protocol. Playwright would do the same and more, but
 * brings a browser driver of some 200 MB with a Node of its own for the few things that are needed here.
 */
final class Chromium implements AutoCloseable {
    private static final List<String> NAMES = List.of("chromium", "chromium-browser", "google-chrome");

    private final Process process;
    private final HttpClient http = HttpClient.newHttpClient();
    private final int port;
    private final List<BrowserPage> pages = new ArrayList<>();

    private Chromium(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /** Starts it with a fresh profile; without one on the PATH the test is skipped, and fails under {@code CI=true}. */
    static Chromium start(Path profile) {
        Path program = find().orElseGet(Chromium::missing);
        try {
            Process process = new ProcessBuilder(
                            program.toString(),
                            "--headless=new",
                            "--no-sandbox",
                            "--disable-gpu",
                            "--disable-quic",
                            "--no-first-run",
                            "--disable-background-networking",
                            "--disable-component-update",
                            "--disable-sync",
                            "--disable-dev-shm-usage",
                            "--hide-scrollbars",
                            "--remote-debugging-port=0",
                            "--user-data-dir=" + profile,
                            "about:blank")
                    .redirectErrorStream(true)
                    .redirectOutput(profile.resolveSibling(profile.getFileName() + ".log")
                            .toFile())
                    .start();
            return new Chromium(process, awaitPort(profile.resolve("DevToolsActivePort")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<Path> find() {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .flatMap(folder -> NAMES.stream().map(name -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static Path missing() {
        String message = "this test needs Chromium on the PATH: install the package chromium";
        if (Boolean.parseBoolean(System.getenv("CI"))) {
            throw new IllegalStateException(message);
        }
        return Assumptions.abort("skipped: " + message);
    }

    private static int awaitPort(Path file) {
        return Awaitility.await("Chromium to listen")
                .atMost(Duration.ofSeconds(60))
                .ignoreExceptions()
                .until(() -> Integer.parseInt(Files.readAllLines(file).getFirst()), port -> port > 0);
    }

    /** Opens a page of this size in CSS pixels. */
    BrowserPage open(URI address, int width, int height) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/json/new"))
                .PUT(BodyPublishers.noBody())
                .build();
        String target = http.send(request, BodyHandlers.ofString()).body();
        String socket =
                JsonMapper.shared().readTree(target).get("webSocketDebuggerUrl").stringValue();
        var page = BrowserPage.connect(http, URI.create(socket));
        pages.add(page);
        page.resize(width, height);
        page.go(address);
        return page;
    }

    @Override
    public void close() throws InterruptedException {
        pages.forEach(BrowserPage::close);
        http.close();
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
    }
}
