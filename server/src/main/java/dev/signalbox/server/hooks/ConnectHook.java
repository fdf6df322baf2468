package dev.signalbox.server.hooks;

import dev.signalbox.router.Authenticator;
import dev.signalbox.router.Principal;
import dev.signalbox.router.TopicGrants;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Asks the backend about clients whose token is good; it may grant them topics. Thread-safe; blocks. */
final class ConnectHook implements Authenticator {
    private final Authenticator tokens;
    private final HookCaller caller;
    private final HookKeys.WhenAway away;

    ConnectHook(Authenticator tokens, HookCaller caller, HookKeys.WhenAway away) {
        this.tokens = tokens;
        this.caller = caller;
        this.away = away;
    }

    private record Question(String hook, String client, Map<String, String> metadata) {}

    @Override
    public Optional<Principal> authenticate(String token) {
        return tokens.authenticate(token).flatMap(this::asked);
    }

    private Optional<Principal> asked(Principal principal) {
        try {
            HookAnswer answer =
                    caller.ask(Hook.CONNECT, new Question("connect", principal.user(), principal.metadata()));
            return answer.allow() ? Optional.of(granted(principal, answer.topics())) : Optional.empty();
        } catch (HookException e) {
            if (away == HookKeys.WhenAway.ALLOW) {
                return Optional.of(principal);
            }
            // The client is told that the server failed (1011), and so comes back later.
            throw new IllegalStateException("hooks.connect was not answered", e);
        }
    }

    private static Principal granted(Principal principal, TopicGrants more) {
        TopicGrants own = principal.topics();
        return new Principal(
                principal.user(),
                principal.metadata(),
                principal.expires(),
                new TopicGrants(
                        both(own.publish(), more.publish()),
                        both(own.subscribe(), more.subscribe()),
                        both(own.join(), more.join())));
    }

    private static List<String> both(List<String> own, List<String> more) {
        return Stream.concat(own.stream(), more.stream()).distinct().toList();
    }
}
