package dev.signalbox.system;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One page of {@link Chromium}: looked at with JavaScript, used with real mouse and keyboard events. */
final class BrowserPage {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Set<String> BAD = Set.of("error", "warning", "assert");

    private final Map<Integer, CompletableFuture<JsonNode>> answers = new ConcurrentHashMap<>();
    private final List<String> complaints = new CopyOnWriteArrayList<>();
    private final AtomicInteger calls = new AtomicInteger();
    private final WebSocket socket;

    private BrowserPage(HttpClient http, URI address) {
        socket = http.newWebSocketBuilder().buildAsync(address, new Frames()).join();
    }

    static BrowserPage connect(HttpClient http, URI address) {
        var page = new BrowserPage(http, address);
        List.of("Page", "Runtime", "Log", "Network").forEach(domain -> page.call(domain + ".enable", Map.of()));
        return page;
    }

    private final class Frames implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
            text.append(part);
            if (last) {
                receive(JSON.readTree(text.toString()));
                text.setLength(0);
            }
            from.request(1);
            return CompletableFuture.completedStage(null);
        }
    }

    private void receive(JsonNode message) {
        if (message.has("id")) {
            Optional.ofNullable(answers.remove(message.get("id").intValue())).ifPresent(call -> call.complete(message));
            return;
        }
        JsonNode about = message.get("params");
        switch (message.get("method").stringValue()) {
            case "Runtime.exceptionThrown" -> complaints.add("exception: " + about.get("exceptionDetails"));
            case "Log.entryAdded" -> complain(about.get("entry").get("level"), about.get("entry"));
            case "Runtime.consoleAPICalled" -> complain(about.get("type"), about.get("args"));
            default -> {}
        }
    }

    private void complain(JsonNode level, JsonNode what) {
        if (BAD.contains(level.stringValue())) {
            complaints.add(level.stringValue() + ": " + what);
        }
    }

    private JsonNode call(String method, Map<String, ?> parameters) {
        int id = calls.incrementAndGet();
        var answer = new CompletableFuture<JsonNode>();
        answers.put(id, answer);
        socket.sendText(JSON.writeValueAsString(Map.of("id", id, "method", method, "params", parameters)), true)
                .join();
        JsonNode message = answer.orTimeout(30, TimeUnit.SECONDS).join();
        if (message.has("error")) {
            throw new AssertionError(method + ": " + message.get("error"));
        }
        return message.get("result");
    }

    /** Errors and warnings in the console so far: exceptions, failed requests, violations of the security policy. */
    List<String> complaints() {
        return List.copyOf(complaints);
    }

    void forgetComplaints() {
        complaints.clear();
    }

    void go(URI address) {
        call("Page.navigate", Map.of("url", address.toString()));
        await("document.readyState === 'complete'");
    }

    void resize(int width, int height) {
        call(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
    }

    /** Sets what the system prefers: light or dark. */
    void prefer(String scheme) {
        call(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
    }

    /** The value of a JavaScript expression. */
    JsonNode evaluate(String expression) {
        JsonNode result =
                call("Runtime.evaluate", Map.of("expression", expression, "returnByValue", true, "awaitPromise", true));
        if (result.has("exceptionDetails")) {
            throw new AssertionError(expression + ": " + result.get("exceptionDetails"));
        }
        return result.get("result").path("value");
    }

    /** Waits until a JavaScript expression is true. */
    void await(String expression) {
        Awaitility.await(expression)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> evaluate("Boolean(" + expression + ")").booleanValue());
    }

    /** The visible text of the first element that matches. */
    String text(String selector) {
        return evaluate("document.querySelector(" + quoted(selector) + ").innerText")
                .stringValue();
    }

    boolean has(String selector) {
        return evaluate("document.querySelector(" + quoted(selector) + ") !== null")
                .booleanValue();
    }

    /** Clicks in the middle of the first element that matches, as soon as there is one. */
    void click(String selector) {
        await("document.querySelector(" + quoted(selector) + ")");
        JsonNode middle = evaluate("""
                (() => { const e = document.querySelector(%s); e.scrollIntoView({block: 'center'});
                const r = e.getBoundingClientRect(); return {x: r.x + r.width / 2, y: r.y + r.height / 2}; })()
                """.formatted(quoted(selector)));
        for (String type : List.of("mousePressed", "mouseReleased")) {
            call(
                    "Input.dispatchMouseEvent",
                    Map.of(
                            "type",
                            type,
                            "x",
                            middle.get("x").doubleValue(),
                            "y",
                            middle.get("y").doubleValue(),
                            "button",
                            "left",
                            "clickCount",
                            1));
        }
    }

    void type(String text) {
        call("Input.insertText", Map.of("text", text));
    }

    /** Presses a key that has a code of its own, such as Enter (13), Tab (9) or Escape (27). */
    void press(String key, int code) {
        var event =
                Map.of("key", key, "code", key, "windowsVirtualKeyCode", code, "text", key.equals("Enter") ? "\r" : "");
        for (String type : List.of("keyDown", "keyUp")) {
            var typed = new HashMap<String, Object>(event);
            typed.put("type", type);
            call("Input.dispatchKeyEvent", typed);
        }
    }

    /** Writes a picture of the whole page. */
    void picture(Path file) throws IOException {
        JsonNode picture = call("Page.captureScreenshot", Map.of("format", "png", "captureBeyondViewport", true));
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.write(file, Base64.getDecoder().decode(picture.get("data").stringValue()));
    }

    private static String quoted(String text) {
        return JSON.writeValueAsString(text);
    }

    void close() {
        socket.abort();
    }
}
