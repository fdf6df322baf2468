package dev.signalbox.mail;

import java.net.URI;
import java.util.Optional;

/**
 * How recipients leave a list (RFC 2369), at best with one click in their mail program (RFC 8058). Large providers demand
 * one-click of those who send in bulk, and believe it only in a message with a {@link Dkim} signature.
 *
 * @param link where they leave: a page, or with {@code oneClick} what takes a POST
 * @param mailto where a mail leaves the list
 * @param oneClick whether a POST to {@code link}, which is then https, is enough
 */
public record Unsubscribe(Optional<URI> link, Optional<MailAddress> mailto, boolean oneClick) {
    private static final int LONGEST_LINK = 900;

    public Unsubscribe {
        check(link.isPresent() || mailto.isPresent(), "it needs a link or an address");
        link.ifPresent(uri -> {
            check(
                    "https".equals(uri.getScheme()) || "http".equals(uri.getScheme()),
                    "'" + uri + "' is not http or https");
            check(uri.toASCIIString().length() <= LONGEST_LINK, "the link is longer than 900 characters");
            check(uri.toASCIIString().indexOf('>') < 0, "the link contains a >");
        });
        check(!oneClick || link.map(URI::getScheme).orElse("").equals("https"), "one-click needs an https link");
    }

    /** A POST to the link unsubscribes; see RFC 8058 for its body. */
    public static Unsubscribe oneClick(URI link) {
        return new Unsubscribe(Optional.of(link), Optional.empty(), true);
    }

    /** A page on which people unsubscribe. */
    public static Unsubscribe link(URI link) {
        return new Unsubscribe(Optional.of(link), Optional.empty(), false);
    }

    public static Unsubscribe mailto(String address) {
        return new Unsubscribe(Optional.empty(), Optional.of(MailAddress.of(address)), false);
    }

    public Unsubscribe withMailto(String address) {
        return new Unsubscribe(link, Optional.of(MailAddress.of(address)), oneClick);
    }

    String toHeader() {
        var mail = mailto.map(address -> "<mailto:" + address.address() + ">");
        var page = link.map(uri -> "<" + uri.toASCIIString() + ">");
        return mail.isPresent() && page.isPresent()
                ? page.get() + ", " + mail.get()
                : page.or(() -> mail).orElseThrow();
    }

    private static void check(boolean holds, String violation) {
        if (!holds) {
            throw new IllegalArgumentException("unsubscribe: " + violation);
        }
    }
}
