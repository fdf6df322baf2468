package dev.signalbox.delivery.webhook;

import java.security.MessageDigest;
import java.security.PublicKey;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Tells genuine webhooks from others, for those who receive them from this or any other sender of Standard Webhooks 1.0.0.
 * Immutable and thread-safe.
 *
 * {@snippet :
 * var verifier = WebhookVerifier.of("whsec_…");
 * var webhook = verifier.verify(request::getHeader, body); // the body as it came, before any JSON is parsed
 * }
 *
 * <p>A genuine webhook can still come twice: its {@link Verified#id} is the same each time.
 */
public final class WebhookVerifier {
    private static final Duration TOLERANCE = Duration.ofMinutes(5);
    private static final Pattern ID = Pattern.compile("[!-~&&[^.]]{1,256}");
    private static final Pattern TIMESTAMP = Pattern.compile("[0-9]{1,12}");
    private static final int LONGEST_SIGNATURES = 8 * 1024;

    /** Whether one signature, which was made by a key of this kind, holds. */
    private interface Check {
        boolean holds(byte[] content, byte[] signature);
    }

    private record Key(String version, Check check) {}

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Signature(String version, byte[] bytes) {}

    /**
     * What a genuine request says about itself.
     *
     * @param id the same on each attempt: remember it to do nothing twice
     * @param timestamp when this attempt was made
     */
    public record Verified(String id, Instant timestamp) {}

    private final List<Key> keys;
    private final Duration tolerance;
    private final InstantSource clock;

    private WebhookVerifier(List<Key> keys, Duration tolerance, InstantSource clock) {
        this.keys = keys;
        this.tolerance = tolerance;
        this.clock = clock;
    }

    /**
     * Verifies with any of these keys, {@code whsec_…} or {@code whpk_…}; several while a key is exchanged. Requests may be five
     * minutes old, or ahead.
     *
     * @throws IllegalArgumentException without keys, or for a malformed one, in words that do not hold it
     */
    public static WebhookVerifier of(String... keys) {
        if (keys.length == 0) {
            throw new IllegalArgumentException("give at least one key to verify with");
        }
        return new WebhookVerifier(
                Arrays.stream(keys).map(WebhookVerifier::key).toList(), TOLERANCE, InstantSource.system());
    }

    private static Key key(String text) {
        if (text.startsWith(Ed25519Key.PUBLIC_PREFIX)) {
            PublicKey key = Ed25519Key.parsePublic(text);
            return new Key(Ed25519Key.VERSION, (content, signature) -> Ed25519Key.holds(key, content, signature));
        }
        SymmetricKey key = SymmetricKey.parse(text);
        return new Key(
                SymmetricKey.VERSION, (content, signature) -> MessageDigest.isEqual(key.hmac(content), signature));
    }

    /**
     * The same with another tolerance.
     *
     * @throws IllegalArgumentException if it is negative
     */
    public WebhookVerifier withTolerance(Duration other) {
        if (other.isNegative()) {
            throw new IllegalArgumentException("the tolerance " + other + " is negative");
        }
        return new WebhookVerifier(keys, other, clock);
    }

    /** The same with another clock. */
    public WebhookVerifier withClock(InstantSource other) {
        return new WebhookVerifier(keys, tolerance, other);
    }

    /**
     * Checks one request.
     *
     * @param headers the first value of a header by its name in lower case, or null
     * @param body the body as it came, byte for byte
     * @throws WebhookVerificationException if it is not genuine, or too old
     */
    public Verified verify(Function<String, @Nullable String> headers, byte[] body)
            throws WebhookVerificationException {
        String id = header(headers, "webhook-id");
        String timestamp = header(headers, "webhook-timestamp");
        String signatures = header(headers, "webhook-signature");
        require(ID.matcher(id).matches(), "the header webhook-id is malformed");
        require(TIMESTAMP.matcher(timestamp).matches(), "the header webhook-timestamp is no number of seconds");
        Instant at = Instant.ofEpochSecond(Long.parseLong(timestamp));
        requireRecent(at);
        require(signatures.length() <= LONGEST_SIGNATURES, "the header webhook-signature is too long");
        byte[] content = SignedContent.of(id, at.getEpochSecond(), body);
        require(signatures(signatures).anyMatch(signature -> holds(content, signature)), "no signature holds");
        return new Verified(id, at);
    }

    private static String header(Function<String, @Nullable String> headers, String name)
            throws WebhookVerificationException {
        String value = headers.apply(name);
        if (value == null) {
            throw new WebhookVerificationException("the header " + name + " is missing");
        }
        return value.strip();
    }

    private static void require(boolean holds, String problem) throws WebhookVerificationException {
        if (!holds) {
            throw new WebhookVerificationException(problem);
        }
    }

    private void requireRecent(Instant at) throws WebhookVerificationException {
        Duration away = Duration.between(at, clock.instant()).abs();
        require(
                away.compareTo(tolerance) <= 0,
                "the header webhook-timestamp is " + away.toSeconds() + " s from the time here; allowed are "
                        + tolerance.toSeconds());
    }

    private boolean holds(byte[] content, Signature signature) {
        return keys.stream()
                .anyMatch(key ->
                        key.version().equals(signature.version()) && key.check().holds(content, signature.bytes()));
    }

    /** Of what is separated by spaces; versions that are not known here may come, too. */
    private static Stream<Signature> signatures(String header) {
        return Arrays.stream(header.split(" +")).flatMap(WebhookVerifier::signature);
    }

    private static Stream<Signature> signature(String text) {
        int comma = text.indexOf(',');
        if (comma < 0) {
            return Stream.empty();
        }
        try {
            return Stream.of(
                    new Signature(text.substring(0, comma), Base64.getDecoder().decode(text.substring(comma + 1))));
        } catch (IllegalArgumentException notBase64) {
            return Stream.empty();
        }
    }
}
