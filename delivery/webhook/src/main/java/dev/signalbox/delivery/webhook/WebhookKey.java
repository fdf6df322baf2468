package dev.signalbox.delivery.webhook;

/**
 * A key that signs webhooks as Standard Webhooks 1.0.0 has it. Immutable and thread-safe; {@code toString} never shows the
 * secret.
 */
public sealed interface WebhookKey permits SymmetricKey, Ed25519Key {
    /** How a key signs. */
    enum Kind {
        /** HMAC with SHA-256, signatures {@code v1,…}: sender and receiver share one secret, {@code whsec_…}. */
        SYMMETRIC,
        /** Ed25519, signatures {@code v1a,…}: the secret {@code whsk_…} signs, the public {@code whpk_…} verifies. */
        ED25519
    }

    /** Makes a new key from the system's secure random numbers: 32 bytes for both kinds. */
    static WebhookKey generate(Kind kind) {
        return switch (kind) {
            case SYMMETRIC -> SymmetricKey.generate();
            case ED25519 -> Ed25519Key.generate();
        };
    }

    /**
     * Reads a secret: {@code whsec_} and 24 to 64 bytes in base64, or {@code whsk_} and the 32 bytes of an Ed25519 seed, with or
     * without the 32 bytes of its public key behind them. Without a prefix it is taken as {@code whsec_}, as the reference
     * libraries do.
     *
     * @throws IllegalArgumentException in words that do not hold the secret
     */
    static WebhookKey parse(String secret) {
        return secret.startsWith(Ed25519Key.SECRET_PREFIX) ? Ed25519Key.parse(secret) : SymmetricKey.parse(secret);
    }

    Kind kind();

    /** The secret in the form that {@link #parse} reads. Show it to nobody but the owner of the endpoint, and only once. */
    String secret();

    /** What a receiver verifies with: the same secret for {@link Kind#SYMMETRIC}, the public key {@code whpk_…} for Ed25519. */
    String verifier();

    /**
     * Signs one attempt, as the header {@code webhook-signature} has it.
     *
     * @param id the header {@code webhook-id}; without dots
     * @param timestamp the header {@code webhook-timestamp}: seconds since 1970 of this attempt
     * @param body the request's body, byte for byte
     */
    String sign(String id, long timestamp, byte[] body);
}
