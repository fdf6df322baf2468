package dev.signalbox.router;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A session: connected, or waiting for its client to come back. Thread-safe; which connection it has changes under its
 * {@link User}'s lock.
 */
final class LiveSession {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int SECRET_BYTES = 18;

    private final Address.Session address;
    private final User user;
    private final SessionLifecycle life;
    private final Optional<String> secret;
    private final long connectedAt;
    private final Subscriptions subscriptions;
    private volatile Principal principal;
    /** Set before anybody else sees the session. The connection may be gone by now. */
    private volatile @Nullable Attachment attachment;

    private volatile boolean detached;
    private volatile boolean handedOver;
    private volatile @Nullable CloseReason closing;
    private volatile Map<String, Position> written = Map.of();
    private volatile long lastMessageAt;

    /** {@code resumable} if the client may come back to it after its connection broke. */
    LiveSession(Principal principal, User user, SessionLifecycle life, boolean resumable) {
        this(
                new Address.Session(principal.user(), MessageId.next()),
                principal,
                user,
                life,
                resumable ? Optional.of(secret()) : Optional.empty(),
                life.clock().millis());
    }

    private LiveSession(
            Address.Session address,
            Principal principal,
            User user,
            SessionLifecycle life,
            Optional<String> secret,
            long connectedAt) {
        this.address = address;
        this.subscriptions = new Subscriptions(address.user());
        this.user = user;
        this.principal = principal;
        this.life = life;
        this.secret = secret;
        this.connectedAt = connectedAt;
        this.lastMessageAt = connectedAt;
    }

    /** The session that another node had, with the token that its client has shown there. */
    static LiveSession moved(
            Address.Session address,
            String token,
            MovedSession moved,
            Principal principal,
            User user,
            SessionLifecycle life) {
        Optional<String> secret = Optional.of(token.substring(token.indexOf('.') + 1));
        LiveSession session = new LiveSession(
                address, principal, user, life, secret, moved.connectedAt().toEpochMilli());
        session.lastMessageAt = moved.lastMessageAt().toEpochMilli();
        return session;
    }

    private static String secret() {
        byte[] bytes = new byte[SECRET_BYTES];
        RANDOM.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** The id of the session that a token is for; empty if it is no such token. */
    static Optional<UUID> idIn(String token) {
        int end = token.indexOf('.');
        try {
            return end < 0 ? Optional.empty() : Optional.of(UUID.fromString(token.substring(0, end)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** What its client comes back with; empty if it cannot. */
    Optional<String> token() {
        return secret.map(own -> address.id() + "." + own);
    }

    /** In a time that does not depend on how much of it is right. */
    boolean hasToken(String given) {
        return token().filter(own -> MessageDigest.isEqual(bytes(own), bytes(given)))
                .isPresent();
    }

    /** Another node gets it: what still comes over its connection would overtake what its client sends there. */
    void handsOver() {
        handedOver = true;
    }

    boolean isHandedOver() {
        return handedOver;
    }

    /** As {@link #hasToken}, for one who has shown the token to another node. */
    boolean hasProof(String given) {
        return token().map(ClusterMoves::proof)
                .filter(own -> MessageDigest.isEqual(bytes(own), bytes(given)))
                .isPresent();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    boolean isResumable() {
        return secret.isPresent() && closing == null;
    }

    Address.Session address() {
        return address;
    }

    User user() {
        return user;
    }

    Principal principal() {
        return principal;
    }

    Subscriptions subscriptions() {
        return subscriptions;
    }

    /** Its connection, or the last one that it had. */
    Attachment attachment() {
        return Objects.requireNonNull(attachment);
    }

    /** Whether it waits for its client to come back. */
    boolean isDetached() {
        return detached;
    }

    /** By topic, what the last connection was written of it; empty for a topic if that is not known. */
    Map<String, Position> written() {
        return written;
    }

    /** Under the user's lock: from now on this is its connection. */
    void attach(Attachment next, Principal newest) {
        principal = newest;
        attachment = next;
        detached = false;
    }

    /** Under the user's lock: its connection is gone, and another may come. */
    void detach(Map<String, Position> upTo) {
        written = Map.copyOf(upTo);
        detached = true;
    }

    /** False if it has no room, or no connection; then it is told once it has. */
    boolean offer(Message message) {
        return attachment().connection().offer(message);
    }

    /** Ends the session: it closes the connection, whose endpoint then tells, or has none. */
    void close(CloseReason reason) {
        // Race: before looking for a connection, so that one that is lost meanwhile is not waited for.
        closing = reason;
        if (detached) {
            life.disconnected(attachment(), reason);
        } else {
            attachment().connection().close(reason);
        }
    }

    /** Why it is about to end; null if it is not. */
    @Nullable
    CloseReason closing() {
        return closing;
    }

    SessionInfo info() {
        return new SessionInfo(
                address.id(),
                address.user(),
                principal.metadata(),
                attachment().connection().remoteAddress(),
                Instant.ofEpochMilli(connectedAt),
                Instant.ofEpochMilli(lastMessageAt),
                !detached);
    }

    void touch() {
        lastMessageAt = life.clock().millis();
    }
}
