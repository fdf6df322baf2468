package dev.signalbox.delivery.suppression;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.suppression.Suppression.Reason;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Links with which recipients of mail unsubscribe with one click (RFC 8058). A link names the address and the category, and is
 * signed with HMAC-SHA256, so that nobody can unsubscribe others and nothing has to be stored for a mail. Links do not expire:
 * people unsubscribe from old mail, too. Immutable and thread-safe.
 */
public final class UnsubscribeLinks {
    /** The most characters of a link, so that it fits into one header. */
    static final int LONGEST = 900;

    private static final int LONGEST_TOKEN = 1_000;
    private static final String ALGORITHM = "HmacSHA256";
    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

    private final String base;
    private final SecretKeySpec key;

    /** @param base what a token is added to, with or without a slash at its end */
    UnsubscribeLinks(URI base, byte[] secret) {
        String text = base.toString();
        this.base = text.endsWith("/") ? text : text + "/";
        this.key = new SecretKeySpec(secret, ALGORITHM);
    }

    /**
     * The link in a mail; the same each time.
     *
     * @return empty for an address that is too long for one
     */
    public Optional<URI> link(String address, Optional<String> category) {
        String payload = ENCODER.encodeToString((category.orElse("") + "\n" + address).getBytes(UTF_8));
        String link = base + payload + "." + ENCODER.encodeToString(signature(payload));
        return link.length() <= LONGEST ? Optional.of(URI.create(link)) : Optional.empty();
    }

    /** What the holder of a token, the last part of a link, wants; empty if it was not made here. */
    public Optional<Suppression> read(String token) {
        int dot = token.indexOf('.');
        if (dot < 0 || token.length() > LONGEST_TOKEN) {
            return Optional.empty();
        }
        String payload = token.substring(0, dot);
        return decoded(token.substring(dot + 1))
                .filter(signature -> MessageDigest.isEqual(signature, signature(payload)))
                .flatMap(_ -> decoded(payload))
                .map(bytes -> entry(new String(bytes, UTF_8)));
    }

    private static Suppression entry(String payload) {
        int end = payload.indexOf('\n');
        String category = payload.substring(0, end);
        return Suppression.of(Channel.EMAIL, payload.substring(end + 1), Reason.UNSUBSCRIBE, "one click")
                .withCategory(Optional.of(category).filter(text -> !text.isEmpty()));
    }

    private static Optional<byte[]> decoded(String text) {
        try {
            return Optional.of(Base64.getUrlDecoder().decode(text));
        } catch (IllegalArgumentException notBase64) {
            return Optional.empty();
        }
    }

    private byte[] signature(String payload) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return mac.doFinal(payload.getBytes(UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has " + ALGORITHM, e);
        }
    }
}
