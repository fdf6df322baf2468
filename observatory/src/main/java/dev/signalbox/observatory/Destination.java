package dev.signalbox.observatory;

import java.net.URI;
import java.util.Locale;

/**
 * Where records go. Each distinct destination has a buffer of its own.
 *
 * @param url the base, {@code http} or {@code https}, without user, query and fragment; the wire format adds its path
 * @param token what {@code Authorization: Bearer} carries; empty sends no such header
 * @param format what a batch looks like
 * @param id tells two buffers for the same URL and token apart; usually empty
 */
public record Destination(URI url, String token, WireFormat format, String id) {
    private static final int LONGEST = 2048;

    /**
     * Checks it.
     *
     * @throws IllegalArgumentException naming what is wrong with it, without the token
     */
    public Destination {
        url = checked(url);
        Limits.check(
                token.length() <= 8192 && token.chars().allMatch(c -> c > ' ' && c < 127),
                "the token must be up to 8192 visible ASCII characters");
        Limits.range("the length of a destination's id", id.length(), 0, 256);
    }

    public static Destination of(URI url, String token, WireFormat format) {
        return new Destination(url, token, format, "");
    }

    /** Another buffer for the same place. */
    public Destination withId(String value) {
        return new Destination(url, token, format, value);
    }

    private static URI checked(URI url) {
        String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
        Limits.check(scheme.equals("http") || scheme.equals("https"), "the URL must begin with http:// or https://");
        Limits.check(url.getHost() != null && !url.getHost().isEmpty(), "the URL must name a host");
        Limits.check(url.getRawUserInfo() == null, "the URL must not carry a user");
        Limits.check(url.getRawQuery() == null && url.getRawFragment() == null, "the URL must not have ? or #");
        Limits.check(url.toString().length() <= LONGEST, "the URL is longer than " + LONGEST + " characters");
        return url;
    }

    /** Where a batch is posted. */
    URI endpoint() {
        String base = url.toString();
        return URI.create((base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + format.path());
    }

    /** Without the token. */
    @Override
    public String toString() {
        return "Destination[" + url + ", " + format + (id.isEmpty() ? "" : ", " + id) + "]";
    }
}
