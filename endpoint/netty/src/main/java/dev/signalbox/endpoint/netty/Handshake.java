package dev.signalbox.endpoint.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Decides what the request that a connection begins with is answered (RFC 6455, 4.2). Immutable. */
final class Handshake {
    private static final String VERSION = "13";
    private static final int NONCE_BYTES = 16;
    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private final String path;
    private final boolean compression;
    private final Optional<String> events;

    /** What becomes of the connection. */
    sealed interface Outcome {
        /** It becomes a WebSocket. */
        record Upgrade(Greeting greeting, ByteBuf response) implements Outcome {}

        /** It is a client's that speaks HTTP; see {@link EventHandler}. */
        record Events() implements Outcome {}

        /** It gets an answer and ends. */
        record Answer(HttpAnswer http) implements Outcome {}
    }

    Handshake(WebSocketOptions options) {
        this.path = options.path();
        this.compression = options.compression();
        this.events = options.events().map(WebSocketOptions.Events::path);
    }

    Outcome outcome(HttpRequest request) {
        Optional<HttpAnswer> fault = RequestGuard.head(request);
        QueryStringDecoder url = new QueryStringDecoder(request.uri());
        if (fault.isEmpty() && events.isPresent() && url.path().equals(events.get())) {
            return new Outcome.Events();
        }
        return fault.or(() -> RequestGuard.body(request))
                .<Outcome>map(Outcome.Answer::new)
                .orElseGet(() -> answer(request, url));
    }

    private Outcome answer(HttpRequest request, QueryStringDecoder url) {
        try {
            return url.path().equals("/health") ? health(request) : webSocket(request, url);
        } catch (IllegalArgumentException e) {
            return badRequest(String.valueOf(e.getMessage()));
        }
    }

    private static Outcome health(HttpRequest request) {
        return request.method().equals(HttpMethod.GET)
                ? new Outcome.Answer(HttpAnswer.of(HttpResponseStatus.OK, "{\"status\":\"up\"}"))
                : notAllowed();
    }

    private Outcome webSocket(HttpRequest request, QueryStringDecoder url) {
        HttpHeaders headers = request.headers();
        if (!url.path().equals(path)) {
            return refuse(HttpResponseStatus.NOT_FOUND, "WebSocket clients connect to " + path);
        }
        if (!request.method().equals(HttpMethod.GET)) {
            return notAllowed();
        }
        if (!headers.containsValue(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true)) {
            return upgradeRequired("connect with a WebSocket client (RFC 6455)");
        }
        if (!headers.getAll(HttpHeaderNames.SEC_WEBSOCKET_VERSION).equals(List.of(VERSION))) {
            return upgradeRequired("the header Sec-WebSocket-Version must be " + VERSION);
        }
        return problem(request).orElseGet(() -> upgrade(request, url));
    }

    /** What else keeps an upgrade from being one. */
    private static Optional<Outcome> problem(HttpRequest request) {
        HttpHeaders headers = request.headers();
        if (!headers.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true)) {
            return Optional.of(badRequest("the header Connection must contain Upgrade"));
        }
        if (!request.protocolVersion().equals(HttpVersion.HTTP_1_1)) {
            return Optional.of(badRequest("an upgrade needs HTTP/1.1"));
        }
        return isKey(headers.getAll(HttpHeaderNames.SEC_WEBSOCKET_KEY))
                ? Optional.empty()
                : Optional.of(badRequest("the header Sec-WebSocket-Key must be 16 bytes in Base64"));
    }

    private static boolean isKey(List<String> keys) {
        try {
            return keys.size() == 1
                    && Base64.getDecoder().decode(keys.getFirst()).length == NONCE_BYTES
                    && keys.getFirst().length() == (NONCE_BYTES + 2) / 3 * 4;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private Outcome upgrade(HttpRequest request, QueryStringDecoder url) {
        HttpHeaders headers = request.headers();
        Optional<Subprotocol> subprotocol = Subprotocol.choose(elements(headers, "sec-websocket-protocol"));
        Optional<String> deflate = compression
                ? DeflateNegotiation.accept(headers.getAll(HttpHeaderNames.SEC_WEBSOCKET_EXTENSIONS))
                : Optional.empty();
        Greeting greeting = Greeting.of(request, url, subprotocol, deflate.isPresent());
        StringBuilder response = new StringBuilder("HTTP/1.1 101 Switching Protocols\r\n");
        response.append("upgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: ");
        response.append(accept(String.valueOf(headers.get(HttpHeaderNames.SEC_WEBSOCKET_KEY))) + "\r\n");
        subprotocol.ifPresent(chosen -> response.append("sec-websocket-protocol: " + chosen.text() + "\r\n"));
        deflate.ifPresent(answer -> response.append("sec-websocket-extensions: " + answer + "\r\n"));
        return new Outcome.Upgrade(greeting, Unpooled.copiedBuffer(response.append("\r\n"), StandardCharsets.US_ASCII));
    }

    private static List<String> elements(HttpHeaders headers, String name) {
        return headers.getAll(name).stream()
                .flatMap(value -> Stream.of(value.split(",", -1)))
                .map(String::strip)
                .toList();
    }

    private static String accept(String key) {
        try {
            MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
            return Base64.getEncoder().encodeToString(sha1.digest((key + GUID).getBytes(StandardCharsets.US_ASCII)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-1", e);
        }
    }

    private static Outcome refuse(HttpResponseStatus status, String message) {
        return new Outcome.Answer(HttpAnswer.error(status, message));
    }

    private static Outcome badRequest(String message) {
        return refuse(HttpResponseStatus.BAD_REQUEST, message);
    }

    private static Outcome notAllowed() {
        return new Outcome.Answer(HttpAnswer.error(HttpResponseStatus.METHOD_NOT_ALLOWED, "only GET is allowed here")
                .with("allow", "GET"));
    }

    private static Outcome upgradeRequired(String message) {
        return new Outcome.Answer(HttpAnswer.error(HttpResponseStatus.UPGRADE_REQUIRED, message)
                .with("upgrade", "websocket")
                .with("connection", "upgrade, close")
                .with("sec-websocket-version", VERSION));
    }
}
