package dev.signalbox.mail;

import dev.signalbox.mail.OAuthTokens.AccessToken;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Keeps a token for as long as servers take it. Thread-safe: one thread fetches, the others wait for it. */
final class TokenCache {
    /** Microsoft's servers refuse a token about eight minutes before it expires. */
    static final Duration EARLY = Duration.ofMinutes(10);

    private final OAuthTokens tokens;
    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable AccessToken current;

    TokenCache(OAuthTokens tokens, InstantSource clock) {
        this.tokens = tokens;
        this.clock = clock;
    }

    String get() throws IOException {
        lock.lock();
        try {
            var known = current;
            if (known == null || !clock.instant().plus(EARLY).isBefore(known.expires())) {
                known = tokens.fetch();
                current = known;
            }
            return known.value();
        } finally {
            lock.unlock();
        }
    }

    /** Forgets {@code refused}, unless another one has taken its place already. */
    void refused(String refused) {
        lock.lock();
        try {
            var known = current;
            current = known != null && known.value().equals(refused) ? null : known;
        } finally {
            lock.unlock();
        }
    }
}
