package dev.signalbox.maintenance.control;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Signals that come in as signed HTTP requests: the body is a text as {@link SignalText} reads it, signed as Standard Webhooks
 * 1.0 describes (headers {@code webhook-id}, {@code webhook-timestamp}, {@code webhook-signature}). The caller receives the
 * request and hands its parts to {@link #receive}. Thread-safe.
 */
public final class WebhookSignals implements SignalSource {
    /** How far the time of a request may be from this node's. */
    public static final Duration TOLERANCE = Duration.ofMinutes(5);

    /** Ids that are remembered to refuse a repetition; older ones are too old by their time. */
    private static final int MOST_IDS = 10_000;

    private static final int LARGEST = 4096;
    private static final String ALGORITHM = "HmacSHA256";

    private final String name;
    private final SecretKeySpec key;
    private final InstantSource clock;
    private final Map<String, Instant> seen = new LinkedHashMap<>();
    private Instant latest = Instant.MIN;
    private @Nullable Listener listener;

    private WebhookSignals(String name, byte[] secret, InstantSource clock) {
        this.name = name;
        this.key = new SecretKeySpec(secret, ALGORITHM);
        this.clock = clock;
    }

    /** A source by that name. @throws IllegalArgumentException if the secret is shorter than 24 bytes */
    public static WebhookSignals signedWith(String name, byte[] secret, InstantSource clock) {
        if (secret.length < 24) {
            throw new IllegalArgumentException("the secret must have at least 24 bytes, not " + secret.length);
        }
        return new WebhookSignals(name, secret, clock);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public synchronized void start(Listener hears) {
        listener = hears;
    }

    /**
     * Takes one request. A repetition has no effect, and neither has a request that was sent before the latest one.
     *
     * @param timestamp seconds since 1970, as in the header
     * @param signatures one or more {@code v1,…} with blanks in between, as in the header
     * @return whether it has said anything new
     * @throws SignalSourceException if it is not signed with the secret, too old, or too large; nothing has changed then
     */
    public boolean receive(String id, String timestamp, String signatures, byte[] body) {
        Instant sent = checked(id, timestamp, signatures, body);
        synchronized (this) {
            forgetOld();
            if (seen.size() >= MOST_IDS) {
                throw new SignalSourceException("too many requests: more than " + MOST_IDS + " in ten minutes", null);
            }
            if (seen.putIfAbsent(id, clock.instant()) != null || sent.isBefore(latest)) {
                return false;
            }
            latest = sent;
            if (listener != null) {
                listener.says(SignalText.parse(new String(body, StandardCharsets.UTF_8), "a caller of " + name));
            }
            return listener != null;
        }
    }

    private Instant checked(String id, String timestamp, String signatures, byte[] body) {
        if (body.length > LARGEST || id.length() > 256) {
            throw new SignalSourceException("the body may have " + LARGEST + " bytes, the id 256", null);
        }
        byte[] expected = sign(id + "." + timestamp + ".", body);
        boolean signed = Arrays.stream(signatures.split(" ", 20))
                .filter(each -> each.startsWith("v1,"))
                .anyMatch(each -> MessageDigest.isEqual(decoded(each.substring(3)), expected));
        if (!signed) {
            throw new SignalSourceException("the signature does not fit: is it made with this node's secret?", null);
        }
        return checkedTime(timestamp);
    }

    private static byte[] decoded(String base64) {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            return new byte[0];
        }
    }

    private Instant checkedTime(String timestamp) {
        Instant sent = seconds(timestamp)
                .orElseThrow(() -> new SignalSourceException("the timestamp must be seconds since 1970", null));
        if (Duration.between(sent, clock.instant()).abs().compareTo(TOLERANCE) > 0) {
            throw new SignalSourceException(
                    "the request is from " + sent + ", more than " + TOLERANCE.toMinutes()
                            + " minutes from this node's time: check both clocks",
                    null);
        }
        return sent;
    }

    private static Optional<Instant> seconds(String text) {
        return text.matches("\\d{1,11}") ? Optional.of(Instant.ofEpochSecond(Long.parseLong(text))) : Optional.empty();
    }

    /** A request that was sent in the future, by our clock, must be remembered until it is too old. */
    private void forgetOld() {
        Instant oldest = clock.instant().minus(TOLERANCE.multipliedBy(2));
        seen.values().removeIf(received -> received.isBefore(oldest));
    }

    private byte[] sign(String head, byte[] body) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            mac.update(head.getBytes(StandardCharsets.UTF_8));
            return mac.doFinal(body);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(ALGORITHM + " is part of every Java", e);
        }
    }

    @Override
    public synchronized void close() {
        listener = null;
    }
}
