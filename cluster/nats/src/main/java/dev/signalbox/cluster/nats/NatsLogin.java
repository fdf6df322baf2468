package dev.signalbox.cluster.nats;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

/**
 * As whom a link logs in.
 *
 * @param user empty if {@code secret} is a token
 * @param secret the password, or the token
 */
public record NatsLogin(String user, String secret) {

    /** As it stands in a URL: {@code user:password}, or a token; percent-encoded. */
    static NatsLogin ofUserInfo(String raw) {
        int colon = raw.indexOf(':');
        return colon < 0
                ? new NatsLogin("", decoded(raw))
                : new NatsLogin(decoded(raw.substring(0, colon)), decoded(raw.substring(colon + 1)));
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return "NatsLogin[" + user + "]";
    }
}
