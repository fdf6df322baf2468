package dev.signalbox.server.rest;

import java.util.Optional;

/** Finds out who sends a request and lets it pass if the role allows it; before any of its body is read. Thread-safe. */
final class Guard {
    private static final String SCHEME = "Bearer ";
    private static final int LONGEST_TOKEN = 4096;

    private final Authorizer authorizer;
    private final AuditLog audit;

    Guard(Authorizer authorizer, AuditLog audit) {
        this.authorizer = authorizer;
        this.audit = audit;
    }

    /** Identifies the request's principal. Throws a {@link Problem} if there is none, or its role is too low. */
    Principal admit(Request request, Role needed) {
        Optional<String> token = token(request);
        Principal principal = authorizer
                .identify(token.orElse(""))
                .orElseThrow(() -> refused(
                        request,
                        401,
                        token.isEmpty()
                                ? "a token is needed: send the header 'Authorization: Bearer <token>'"
                                : "the token is not valid; check auth.tokens, or the file 'token' in the data folder",
                        ""));
        request.identified(principal);
        if (!principal.role().includes(needed)) {
            throw refused(
                    request,
                    403,
                    "the role " + needed + " is needed; the token has the role " + principal.role(),
                    ", error=\"insufficient_scope\"");
        }
        return principal;
    }

    private Problem refused(Request request, int status, String detail, String challenge) {
        audit.refused(request, status);
        return new Problem(status, detail).header("WWW-Authenticate", "Bearer realm=\"signalbox\"" + challenge);
    }

    private static Optional<String> token(Request request) {
        return request.header("Authorization")
                .filter(value -> value.regionMatches(true, 0, SCHEME, 0, SCHEME.length()))
                .map(value -> value.substring(SCHEME.length()).strip())
                .filter(token -> !token.isEmpty() && token.length() <= LONGEST_TOKEN);
    }
}
