package dev.signalbox.endpoint.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What clients over HTTP are answered, and what browsers have to be told so that their pages may see it. Immutable. */
final class EventAnswers {
    private static final String LAST_EVENT_ID = "last-event-id";

    private final WebSocketOptions.Events options;

    EventAnswers(WebSocketOptions.Events options) {
        this.options = options;
    }

    /** The session's secret, of a request that is not for a stream. */
    static @Nullable String secret(HttpRequest request) {
        return Greeting.bearer(request.headers().get(HttpHeaderNames.AUTHORIZATION))
                .orElse(null);
    }

    /** From the header that browsers send, or from the parameter of those who cannot set one. */
    static @Nullable String lastEventId(HttpRequest request, QueryStringDecoder url) {
        String header = request.headers().get(LAST_EVENT_ID);
        return header == null
                ? url.parameters().getOrDefault(LAST_EVENT_ID, List.of()).stream()
                        .findFirst()
                        .orElse(null)
                : header;
    }

    static HttpAnswer unknown() {
        return HttpAnswer.error(
                HttpResponseStatus.NOT_FOUND,
                "there is no such session, or it has ended: give the secret of an open stream as the Bearer token, or"
                        + " open one");
    }

    /** The head of a stream, which goes on until the connection ends. */
    ByteBuf stream(HttpRequest request) {
        return head(
                HttpResponseStatus.OK,
                request,
                Map.of(
                        "content-type", "text/event-stream",
                        "cache-control", "no-store",
                        "x-accel-buffering", "no",
                        "connection", "close"));
    }

    /** Without content. */
    ByteBuf taken(HttpRequest request) {
        return head(HttpResponseStatus.NO_CONTENT, request, Map.of());
    }

    /** What a browser asks before it sends a request of another origin. */
    ByteBuf preflight(HttpRequest request) {
        return head(
                HttpResponseStatus.NO_CONTENT,
                request,
                Map.of(
                        "access-control-allow-methods", "GET, POST, DELETE",
                        "access-control-allow-headers", "authorization, content-type, last-event-id",
                        "access-control-max-age", "600"));
    }

    private ByteBuf head(HttpResponseStatus status, HttpRequest request, Map<String, String> headers) {
        StringBuilder head = new StringBuilder("HTTP/1.1 " + status + "\r\n");
        Map<String, String> all = new TreeMap<>(headers);
        all.putAll(origin(request));
        all.forEach((name, value) -> head.append(name + ": " + value + "\r\n"));
        return Unpooled.copiedBuffer(head.append("\r\n"), StandardCharsets.US_ASCII);
    }

    /** An answer that the page of an allowed origin may see. */
    HttpAnswer allowed(HttpRequest request, HttpAnswer answer) {
        HttpAnswer allowed = answer;
        for (Map.Entry<String, String> header : origin(request).entrySet()) {
            allowed = allowed.with(header.getKey(), header.getValue());
        }
        return allowed;
    }

    private Map<String, String> origin(HttpRequest request) {
        return Optional.ofNullable(request.headers().get(HttpHeaderNames.ORIGIN))
                .filter(origin ->
                        options.origins().contains(origin) || options.origins().contains("*"))
                .map(origin -> Map.of("access-control-allow-origin", origin, "vary", "origin"))
                .orElse(Map.of());
    }
}
