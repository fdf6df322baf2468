package dev.signalbox.endpoint.netty;

import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * How a call ends.
 *
 * @param code one of those of gRPC
 * @param message why, for people
 */
record GrpcStatus(int code, @Nullable String message) {
    static final String CONTENT_TYPE = "application/grpc";
    static final GrpcStatus OK = new GrpcStatus(0, null);

    private static final int INVALID_ARGUMENT = 3;
    private static final int DEADLINE_EXCEEDED = 4;
    private static final int NOT_FOUND = 5;
    private static final int PERMISSION_DENIED = 7;
    private static final int RESOURCE_EXHAUSTED = 8;
    private static final int ABORTED = 10;
    private static final int UNIMPLEMENTED = 12;
    private static final int INTERNAL = 13;
    private static final int UNAVAILABLE = 14;
    private static final int UNAUTHENTICATED = 16;

    /** The closest status of gRPC. Several close codes share one; the last frame has the close code itself. */
    static GrpcStatus of(CloseCode code) {
        return new GrpcStatus(number(code.code()), code.text());
    }

    private static int number(int closeCode) {
        return switch (closeCode) {
            case 1000 -> OK.code;
            case 1011 -> INTERNAL;
            case 1012 -> UNAVAILABLE;
            case 1009, 1013, 4409, 4423, 4429 -> RESOURCE_EXHAUSTED;
            case 4401, 4408, 4414 -> UNAUTHENTICATED;
            case 4403 -> PERMISSION_DENIED;
            case 4410, 4411 -> DEADLINE_EXCEEDED;
            case 4412 -> ABORTED;
            default -> INVALID_ARGUMENT;
        };
    }

    static GrpcStatus tooMany() {
        return new GrpcStatus(
                RESOURCE_EXHAUSTED, "too many clients at this node, or from your address; try again later");
    }

    static GrpcStatus noSuchMethod() {
        return new GrpcStatus(UNIMPLEMENTED, "there is no such method here: see signalbox.v1.Clients");
    }

    static GrpcStatus noSuchService() {
        return new GrpcStatus(NOT_FOUND, "there is no such service here");
    }

    /** The end of a call that has begun. */
    Http2HeadersFrame trailers() {
        return end(new DefaultHttp2Headers());
    }

    /** All that is said about a call that does not begin. */
    Http2HeadersFrame refusal() {
        return end(new DefaultHttp2Headers().status("200").set("content-type", CONTENT_TYPE));
    }

    private Http2HeadersFrame end(Http2Headers headers) {
        headers.setInt("grpc-status", code);
        if (message != null) {
            headers.set("grpc-message", encoded(message));
        }
        return new DefaultHttp2HeadersFrame(headers, true);
    }

    /** Percent-encoded, as gRPC wants whatever is not printable ASCII. */
    private static String encoded(String text) {
        StringBuilder encoded = new StringBuilder();
        for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
            if (each >= ' ' && each <= '~' && each != '%') {
                encoded.append((char) each);
            } else {
                encoded.append('%').append(HexFormat.of().withUpperCase().toHexDigits(each));
            }
        }
        return encoded.toString();
    }
}
