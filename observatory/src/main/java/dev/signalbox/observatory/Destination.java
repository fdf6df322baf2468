package dev.signalbox.observatory;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Where records go. Each distinct destination has a buffer of its own.
 *
 * @param url the base, {@code http} or {@code https}, without user, query and fragment; the wire format adds its path
 * @param token what {@code Authorization: Bearer} carries; empty sends no such header
 * @param format what a batch looks like
 * @param id tells two buffers for the same URL and token apart; usually empty
 * @param headers further headers of each request, such as another way to authenticate; 16 at most
 */
public record Destination(URI url, String token, WireFormat format, String id, Map<String, String> headers) {
    private static final int LONGEST = 2048;
    private static final int LONGEST_TOKEN = 8192;
    private static final int MOST_HEADERS = 16;
    private static final Pattern HEADER_NAME = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}");
    private static final Set<String> RESERVED = Set.of(
            "connection",
            "content-encoding",
            "content-length",
            "content-type",
            "expect",
            "host",
            "idempotency-key",
            "transfer-encoding",
            "upgrade");

    /**
     * Checks it.
     *
     * @throws IllegalArgumentException naming what is wrong with it, without the token, the URL and headers' values
     */
    public Destination {
        url = checked(url);
        Preconditions.check(
                token.length() <= LONGEST_TOKEN && visible(token, '!'),
                "the token must be up to " + LONGEST_TOKEN + " visible ASCII characters, without spaces or line ends");
        Preconditions.range("the length of a destination's id", id.length(), 0, 256);
        headers = checked(headers, token);
    }

    public Destination(URI url, String token, WireFormat format, String id) {
        this(url, token, format, id, Map.of());
    }

    public static Destination of(URI url, String token, WireFormat format) {
        return new Destination(url, token, format, "");
    }

    /**
     * Another buffer for the same place.
     */
    public Destination withId(String value) {
        return new Destination(url, token, format, value, headers);
    }

    /**
     * With one more header, for destinations that authenticate by another one than a bearer token:
     * {@code X-Api-Key}, or {@code Authorization} with another scheme if the token is empty.
     */
    public Destination withHeader(String name, String value) {
        var all = new TreeMap<>(headers);
        all.put(name, value);
        return new Destination(url, token, format, id, all);
    }

    /**
     * Reads a URL from configuration.
     *
     * @throws IllegalArgumentException without the text: there may be a password in it
     */
    static URI parse(String url) {
        try {
            return new URI(url.strip());
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(
                    "the URL is malformed at character " + (e.getIndex() + 1) + ": " + e.getReason());
        }
    }

    private static URI checked(URI url) {
        String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
        Preconditions.check(
                scheme.equals("http") || scheme.equals("https"), "the URL must begin with http:// or https://");
        Preconditions.check(url.getHost() != null && !url.getHost().isEmpty(), "the URL must name a host");
        Preconditions.check(
                url.getRawUserInfo() == null, "the URL must not carry a user; use a token or a header instead");
        Preconditions.check(
                url.getRawQuery() == null && url.getRawFragment() == null,
                "the URL must not have ? or #; a key belongs into a header");
        Preconditions.check(url.toString().length() <= LONGEST, "the URL is longer than " + LONGEST + " characters");
        return url;
    }

    private static Map<String, String> checked(Map<String, String> headers, String token) {
        Preconditions.range("the number of a destination's headers", headers.size(), 0, MOST_HEADERS);
        var checked = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
        headers.forEach((name, value) -> {
            Preconditions.check(HEADER_NAME.matcher(name).matches(), "a header's name is malformed");
            Preconditions.check(
                    !RESERVED.contains(name.toLowerCase(Locale.ROOT)), "the header " + name + " is set by the library");
            Preconditions.check(
                    value.length() <= LONGEST_TOKEN && visible(value, ' '),
                    "the header " + name + " must have up to " + LONGEST_TOKEN + " visible ASCII characters, without"
                            + " line ends");
            Preconditions.check(checked.put(name, value) == null, "the header " + name + " is given twice");
        });
        Preconditions.check(
                token.isEmpty() || !checked.containsKey("Authorization"),
                "a token and a header Authorization exclude one another");
        return Collections.unmodifiableMap(checked);
    }

    private static boolean visible(String text, char least) {
        return text.chars().allMatch(c -> c >= least && c < 127);
    }

    /** Where a batch is posted. */
    URI endpoint() {
        String base = url.toString();
        return URI.create((base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + format.path());
    }

    /** Scheme, host and port: some services put a key into the path. */
    String origin() {
        return url.getScheme() + "://" + url.getHost() + (url.getPort() < 0 ? "" : ":" + url.getPort());
    }

    /** Without what may be secret: the path, the token, the headers. */
    @Override
    public String toString() {
        return "Destination[" + origin() + ", " + format + (id.isEmpty() ? "" : ", " + id) + "]";
    }
}
