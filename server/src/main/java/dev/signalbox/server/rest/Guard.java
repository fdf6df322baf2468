package dev.signalbox.server.rest;


import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import java.util.Optional;

/** Lets a request through to its handler if the bearer token allows it. Thread-safe. */
public final class Guard {
    private static final String SCHEME = "Bearer ";
    private static final int LONGEST_TOKEN = 4096;

    private final Authorizer authorizer;

    public Guard(Authorizer authorizer) {
        this.authorizer = authorizer;
    }

    public Handler protect(Role needed, Handler handler) {
        return (request, response) -> {
            Role role = authenticate(request);
            if (!role.includes(needed)) {
                throw new Problem(
                                Status.FORBIDDEN_403,
                                "this takes the role " + needed + "; the token has the role " + role)
                        .header("WWW-Authenticate", "Bearer realm=\"signalbox\", error=\"insufficient_scope\"");
            }
            request.context().register(role);
            handler.handle(request, response);
        };
    }

    /** The role of a request that came through {@link #protect}. */
    public static Role role(ServerRequest request) {
        return request.context().get(Role.class).orElseThrow();
    }

    public Role authenticate(ServerRequest request) {
        Optional<String> token = token(request);
        return token.flatMap(authorizer::roleOf)
                .orElseThrow(() -> new Problem(
                                Status.UNAUTHORIZED_401,
                                token.isEmpty()
                                        ? "this takes a token: send the header 'Authorization: Bearer <token>'"
                                        : "the token is not known here")
                        .header("WWW-Authenticate", "Bearer realm=\"signalbox\""));
    }

    private static Optional<String> token(ServerRequest request) {
        return request.headers()
                .value(HeaderNames.AUTHORIZATION)
                .filter(value -> value.regionMatches(true, 0, SCHEME, 0, SCHEME.length()))
                .map(value -> value.substring(SCHEME.length()).strip())
                .filter(token -> !token.isEmpty() && token.length() <= LONGEST_TOKEN);
    }
}
