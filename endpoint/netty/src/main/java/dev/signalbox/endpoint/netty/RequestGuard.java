package dev.signalbox.endpoint.netty;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Lets through only a request that every HTTP parser understands alike: what a proxy in front takes for the body of a request
 * could otherwise be a second request here.
 */
final class RequestGuard {
    /** Bounds of the request's head, in bytes: its first line, and all of its headers together. */
    static final int MAX_LINE = 16 << 10;

    static final int MAX_HEADERS = 16 << 10;

    /** A name, an IPv4 address or an IPv6 address in brackets, and maybe a port. */
    private static final Pattern HOST =
            Pattern.compile("(?:[A-Za-z0-9._~!$&'()*+;=%-]+|\\[[0-9A-Fa-f:.]+])(?::([0-9]{1,5}))?");

    /** What a path and a query consist of. One class and no alternatives: those recurse, and a long target is a deep recursion. */
    private static final Pattern TARGET = Pattern.compile("/[!$%&-;=?-Z_a-z~\\[\\]|]*");

    private static final Pattern BAD_ESCAPE = Pattern.compile("%(?![0-9A-Fa-f]{2})");
    private static final Pattern DOTS = Pattern.compile("/(?:\\.|%2[Ee]){1,2}(?=/|\\?|$)");
    private static final Pattern LENGTH = Pattern.compile("[0-9]{1,18}");
    private static final int LARGEST_PORT = 65_535;

    private RequestGuard() {}

    /** What is wrong with it, if anything. {@code hasBody} if it has to have a body; else it must have none. */
    static Optional<HttpAnswer> fault(HttpRequest request, boolean hasBody) {
        return head(request).or(() -> hasBody ? noLength(request) : body(request));
    }

    /** What is wrong with it, whatever follows. */
    static Optional<HttpAnswer> head(HttpRequest request) {
        return malformed(request)
                .or(() -> version(request))
                .or(() -> target(request.uri()))
                .or(() -> host(request))
                .or(() -> expectation(request));
    }

    /** The length of a request's body that has passed the check. */
    static long length(HttpRequest request) {
        String length = request.headers().get(HttpHeaderNames.CONTENT_LENGTH);
        return length == null ? 0 : Long.parseLong(length);
    }

    private static Optional<HttpAnswer> noLength(HttpRequest request) {
        List<String> lengths = request.headers().getAll(HttpHeaderNames.CONTENT_LENGTH);
        boolean isPlain = !request.headers().contains(HttpHeaderNames.TRANSFER_ENCODING)
                && lengths.size() == 1
                && LENGTH.matcher(lengths.getFirst()).matches();
        return isPlain
                ? Optional.empty()
                : Optional.of(HttpAnswer.error(
                        HttpResponseStatus.LENGTH_REQUIRED,
                        "give the length of the body in one Content-Length header, and no Transfer-Encoding"));
    }

    private static Optional<HttpAnswer> unless(boolean holds, String message) {
        return holds ? Optional.empty() : Optional.of(HttpAnswer.error(HttpResponseStatus.BAD_REQUEST, message));
    }

    private static Optional<HttpAnswer> malformed(HttpRequest request) {
        return Optional.ofNullable(request.decoderResult().cause()).map(cause -> switch (cause) {
            case TooLongHttpLineException _ ->
                HttpAnswer.error(
                        HttpResponseStatus.REQUEST_URI_TOO_LONG,
                        "the first line of the request is too long: it may have " + MAX_LINE + " bytes");
            case TooLongHttpHeaderException _ ->
                HttpAnswer.error(
                        HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
                        "the headers of the request are too long: together they may have " + MAX_HEADERS + " bytes");
            default -> HttpAnswer.error(HttpResponseStatus.BAD_REQUEST, "the request is not valid HTTP/1.1");
        });
    }

    private static Optional<HttpAnswer> version(HttpRequest request) {
        HttpVersion version = request.protocolVersion();
        return version.equals(HttpVersion.HTTP_1_1) || version.equals(HttpVersion.HTTP_1_0)
                ? Optional.empty()
                : Optional.of(HttpAnswer.error(
                        HttpResponseStatus.HTTP_VERSION_NOT_SUPPORTED, "the version must be HTTP/1.1, not " + version));
    }

    private static Optional<HttpAnswer> target(String uri) {
        return unless(
                TARGET.matcher(uri).matches()
                        && !BAD_ESCAPE.matcher(uri).find()
                        && !DOTS.matcher(uri).find(),
                "the URL must be a path that begins with / and has no dot segments, with other characters"
                        + " percent-encoded");
    }

    private static Optional<HttpAnswer> host(HttpRequest request) {
        List<String> hosts = request.headers().getAll(HttpHeaderNames.HOST);
        boolean old = request.protocolVersion().equals(HttpVersion.HTTP_1_0);
        return unless(
                (hosts.isEmpty() && old) || (hosts.size() == 1 && isHost(hosts.getFirst())),
                "there must be one Host header, with a name and maybe a port");
    }

    private static boolean isHost(String host) {
        var parts = HOST.matcher(host);
        return parts.matches() && (parts.group(1) == null || Integer.parseInt(parts.group(1)) <= LARGEST_PORT);
    }

    private static Optional<HttpAnswer> expectation(HttpRequest request) {
        return request.headers().contains(HttpHeaderNames.EXPECT)
                ? Optional.of(HttpAnswer.error(HttpResponseStatus.EXPECTATION_FAILED, "send no Expect header"))
                : Optional.empty();
    }

    /** What is wrong with the body of one that must have none. */
    static Optional<HttpAnswer> body(HttpRequest request) {
        List<String> lengths = request.headers().getAll(HttpHeaderNames.CONTENT_LENGTH);
        return unless(
                !request.headers().contains(HttpHeaderNames.TRANSFER_ENCODING)
                        && (lengths.isEmpty() || lengths.equals(List.of("0"))),
                "requests to this port have no body; send neither Transfer-Encoding nor a Content-Length other than 0");
    }
}
