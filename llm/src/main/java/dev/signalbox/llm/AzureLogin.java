package dev.signalbox.llm;

import com.azure.core.credential.AccessToken;
import com.azure.core.credential.TokenCredential;
import com.azure.core.credential.TokenRequestContext;
import java.time.Duration;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Tokens of Azure AD for {@link LlmEndpoint.Azure#withToken}, from any credential of azure-identity, which is an optional
 * dependency. A token is used until shortly before it expires. Thread-safe; one thread at a time fetches.
 */
public final class AzureLogin implements Supplier<String> {
    private static final String SCOPE = "https://cognitiveservices.azure.com/.default";
    private static final Duration MARGIN = Duration.ofMinutes(2);

    private final TokenCredential credential;
    private final InstantSource clock;
    private final ReentrantLock fetching = new ReentrantLock();
    private volatile @Nullable AccessToken current;

    private AzureLogin(TokenCredential credential, InstantSource clock) {
        this.credential = credential;
        this.clock = clock;
    }

    public static AzureLogin of(TokenCredential credential) {
        return of(credential, InstantSource.system());
    }

    static AzureLogin of(TokenCredential credential, InstantSource clock) {
        return new AzureLogin(credential, clock);
    }

    @Override
    public String get() {
        var known = current;
        return known != null && isFresh(known) ? known.getToken() : fetch();
    }

    private String fetch() {
        fetching.lock();
        try {
            var known = current;
            if (known == null || !isFresh(known)) {
                known = credential.getTokenSync(new TokenRequestContext().addScopes(SCOPE));
                current = known;
            }
            return known.getToken();
        } finally {
            fetching.unlock();
        }
    }

    private boolean isFresh(AccessToken token) {
        return OffsetDateTime.ofInstant(clock.instant().plus(MARGIN), ZoneOffset.UTC)
                .isBefore(token.getExpiresAt());
    }
}
