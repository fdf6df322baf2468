package dev.signalbox.http;

import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;

/**
 * A request. Immutable; each {@code with…} returns another one, so that what is the same for many requests is written once.
 *
 * <p>{@code Host}, {@code Content-Length} and {@code Connection} are the transport's own.
 */
public final class HttpCall {
    /** RFC 9110, 5.6.2 */
    private static final Pattern NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

    private static final Pattern VALUE = Pattern.compile("[\\x21-\\x7e]([\\x20-\\x7e\\t]*[\\x21-\\x7e])?");
    private static final Set<String> OWN =
            Set.of("host", "content-length", "connection", "transfer-encoding", "expect", "upgrade");

    private final Origin origin;
    private final String head;
    private final byte[] body;
    private final BooleanSupplier mayBegin;

    private HttpCall(Origin origin, String head, byte[] body, BooleanSupplier mayBegin) {
        this.origin = origin;
        this.head = head;
        this.body = body;
        this.mayBegin = mayBegin;
    }

    /**
     * A POST without a body yet.
     *
     * @param url {@code http} or {@code https} with a host, without a user and without a fragment
     * @throws IllegalArgumentException if the URL is not such a one; its text is not repeated
     */
    public static HttpCall post(URI url) {
        return of("POST", url);
    }

    /**
     * A GET.
     *
     * @throws IllegalArgumentException as {@link #post}
     */
    public static HttpCall get(URI url) {
        return of("GET", url);
    }

    private static HttpCall of(String method, URI url) {
        var origin = Origin.of(url);
        String path = url.getRawPath().isEmpty() ? "/" : url.getRawPath();
        String query = url.getRawQuery() == null ? "" : "?" + url.getRawQuery();
        String line = method + " " + ascii(path + query) + " HTTP/1.1\r\n";
        return new HttpCall(origin, line + "Host: " + origin.authority() + "\r\n", new byte[0], () -> true);
    }

    /** A URI may hold other letters as they are; in a request they have to be escaped. */
    private static String ascii(String target) {
        return URI.create("http://h" + target).toASCIIString().substring("http://h".length());
    }

    /**
     * Adds a header.
     *
     * @param value visible ASCII with blanks and tabs in between
     * @throws IllegalArgumentException if HTTP does not allow the name or the value, or the header is the transport's own; the
     *     value is not repeated
     */
    public HttpCall withHeader(String name, String value) {
        if (!NAME.matcher(name).matches() || OWN.contains(name.toLowerCase(Locale.ROOT))) {
            throw new IllegalArgumentException("no header can be named '" + name.replaceAll("[^ -~]", "?") + "'");
        }
        if (!VALUE.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    "the value of header " + name + " is empty or has characters other than visible ASCII");
        }
        return new HttpCall(origin, head + name + ": " + value + "\r\n", body, mayBegin);
    }

    /**
     * With a body, which is not copied.
     *
     * @throws IllegalArgumentException as {@link #withHeader}
     */
    public HttpCall withBody(String contentType, byte[] content) {
        var typed = withHeader("Content-Type", contentType);
        return new HttpCall(origin, typed.head, content, mayBegin);
    }

    /**
     * Connects to this address and no other, whatever the host's name resolves to. TLS and the header {@code Host} still name
     * the host of the URL, and its certificate is checked for that name.
     */
    public HttpCall to(InetAddress address) {
        return new HttpCall(origin.at(address), head, body, mayBegin);
    }

    /**
     * Asked when the connection is there, just before the first byte is written; false ends the exchange as
     * {@link Exchange.NotWritten}. So nothing begins that another may have taken over while this one was connecting.
     */
    public HttpCall onlyIf(BooleanSupplier condition) {
        return new HttpCall(origin, head, body, condition);
    }

    Origin origin() {
        return origin;
    }

    boolean mayBegin() {
        return mayBegin.getAsBoolean();
    }

    /** The request as it is written, with all that is secret in it. */
    public byte[] bytes() {
        boolean bodiless = body.length == 0 && head.startsWith("GET ");
        byte[] front = (head + (bodiless ? "\r\n" : "Content-Length: " + body.length + "\r\n\r\n"))
                .getBytes(StandardCharsets.US_ASCII);
        var whole = new byte[front.length + body.length];
        System.arraycopy(front, 0, whole, 0, front.length);
        System.arraycopy(body, 0, whole, front.length, body.length);
        return whole;
    }

    /** Without headers and body, which may hold secrets. */
    @Override
    public String toString() {
        return head.substring(0, head.indexOf(' ')) + " to " + origin;
    }
}
