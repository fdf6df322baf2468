package dev.signalbox.endpoint.netty;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.ReferenceCountUtil;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Lets one request of a connection through, and only one that every HTTP parser understands alike: what a proxy in front
 * takes for the body of a request could otherwise be a second request here. The requests of this port have no body.
 */
final class RequestGuard extends ChannelInboundHandlerAdapter {
    /** A name, an IPv4 address or an IPv6 address in brackets, and maybe a port. */
    private static final Pattern HOST =
            Pattern.compile("(?:[A-Za-z0-9._~!$&'()*+;=%-]+|\\[[0-9A-Fa-f:.]+])(?::([0-9]{1,5}))?");

    /** A path and maybe a query, with each percent sign followed by two hexadecimal digits. */
    private static final Pattern TARGET = Pattern.compile("/(?:[!$&-;=?-Z_a-z~\\[\\]|]|%[0-9A-Fa-f]{2})*");

    private static final Pattern DOTS = Pattern.compile("/(?:\\.|%2[Ee]){1,2}(?=/|\\?|$)");
    private static final int LARGEST_PORT = 65_535;

    private boolean taken;
    private boolean refused;

    private record Fault(HttpResponseStatus status, String message) {
        private static Optional<Fault> unless(boolean holds, String message) {
            return holds ? Optional.empty() : Optional.of(new Fault(HttpResponseStatus.BAD_REQUEST, message));
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof HttpRequest request) {
            refused |= taken;
            if (!refused) {
                taken = true;
                fault(request).ifPresent(fault -> {
                    refused = true;
                    HttpHandler.refuse(context, fault.status, fault.message);
                });
            }
        }
        if (refused) {
            ReferenceCountUtil.release(message);
        } else {
            context.fireChannelRead(message);
        }
    }

    private static Optional<Fault> fault(HttpRequest request) {
        return malformed(request)
                .or(() -> version(request))
                .or(() -> target(request.uri()))
                .or(() -> host(request))
                .or(() -> expectation(request))
                .or(() -> body(request));
    }

    private static Optional<Fault> malformed(HttpRequest request) {
        return Optional.ofNullable(request.decoderResult().cause()).map(cause -> switch (cause) {
            case TooLongHttpLineException _ ->
                new Fault(HttpResponseStatus.REQUEST_URI_TOO_LONG, "the URL is too long");
            case TooLongHttpHeaderException _ ->
                new Fault(HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "the headers are too long");
            default -> new Fault(HttpResponseStatus.BAD_REQUEST, "the request is not valid HTTP/1.1");
        });
    }

    private static Optional<Fault> version(HttpRequest request) {
        HttpVersion version = request.protocolVersion();
        return version.equals(HttpVersion.HTTP_1_1) || version.equals(HttpVersion.HTTP_1_0)
                ? Optional.empty()
                : Optional.of(new Fault(
                        HttpResponseStatus.HTTP_VERSION_NOT_SUPPORTED, "the version must be HTTP/1.1, not " + version));
    }

    private static Optional<Fault> target(String uri) {
        return Fault.unless(
                TARGET.matcher(uri).matches() && !DOTS.matcher(uri).find(),
                "the URL must be a path that begins with / and has no dot segments, with other characters"
                        + " percent-encoded");
    }

    private static Optional<Fault> host(HttpRequest request) {
        List<String> hosts = request.headers().getAll(HttpHeaderNames.HOST);
        boolean old = request.protocolVersion().equals(HttpVersion.HTTP_1_0);
        return Fault.unless(
                (hosts.isEmpty() && old) || (hosts.size() == 1 && isHost(hosts.getFirst())),
                "there must be one Host header, with a name and maybe a port");
    }

    private static boolean isHost(String host) {
        var parts = HOST.matcher(host);
        return parts.matches() && (parts.group(1) == null || Integer.parseInt(parts.group(1)) <= LARGEST_PORT);
    }

    private static Optional<Fault> expectation(HttpRequest request) {
        return request.headers().contains(HttpHeaderNames.EXPECT)
                ? Optional.of(new Fault(
                        HttpResponseStatus.EXPECTATION_FAILED,
                        "requests to this port have no body; send no Expect header"))
                : Optional.empty();
    }

    private static Optional<Fault> body(HttpRequest request) {
        List<String> lengths = request.headers().getAll(HttpHeaderNames.CONTENT_LENGTH);
        return Fault.unless(
                !request.headers().contains(HttpHeaderNames.TRANSFER_ENCODING)
                        && (lengths.isEmpty() || lengths.equals(List.of("0"))),
                "requests to this port have no body; send neither Transfer-Encoding nor a Content-Length other than 0");
    }
}
