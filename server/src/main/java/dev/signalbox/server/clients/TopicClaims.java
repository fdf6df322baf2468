package dev.signalbox.server.clients;

import com.nimbusds.jwt.JWTClaimsSet;
import dev.signalbox.router.TopicGrants;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The claim that grants topics: {@code "topics": {"publish": ["rooms/7"], "subscribe": ["rooms/*"], "join": ["rooms/7"]}}. */
final class TopicClaims {
    static final String NAME = "topics";
    private static final String PUBLISH = "publish";
    private static final String SUBSCRIBE = "subscribe";
    private static final String JOIN = "join";

    private TopicClaims() {}

    /** @throws IllegalArgumentException if the claim is there and not as it should be: a token is good as a whole, or not at all */
    static TopicGrants read(JWTClaimsSet claims) {
        Object claim = claims.getClaim(NAME);
        if (claim == null) {
            return TopicGrants.NONE;
        }
        if (claim instanceof Map<?, ?> uses) {
            return new TopicGrants(
                    patterns(uses.get(PUBLISH)), patterns(uses.get(SUBSCRIBE)), patterns(uses.get(JOIN)));
        }
        throw new IllegalArgumentException("the claim topics is no object");
    }

    private static List<String> patterns(@Nullable Object claim) {
        if (claim == null) {
            return List.of();
        }
        if (claim instanceof List<?> list && list.stream().allMatch(String.class::isInstance)) {
            return list.stream().map(String.class::cast).toList();
        }
        throw new IllegalArgumentException("a claim of topics is no list of patterns");
    }

    /** Null, which is no claim, if no topics are granted. */
    static @Nullable Object of(TopicGrants grants) {
        return grants.equals(TopicGrants.NONE)
                ? null
                : Map.of(PUBLISH, grants.publish(), SUBSCRIBE, grants.subscribe(), JOIN, grants.join());
    }
}
