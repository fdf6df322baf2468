package dev.signalbox.cluster.redis;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

/**
 * As whom a link logs in.
 *
 * @param user empty for the default user
 */
public record RedisLogin(String user, String password) {

    /** As it stands in a URL: {@code user:password}, {@code :password} or {@code password}; percent-encoded. */
    static RedisLogin ofUserInfo(String raw) {
        int colon = raw.indexOf(':');
        return colon < 0
                ? new RedisLogin("", decoded(raw))
                : new RedisLogin(decoded(raw.substring(0, colon)), decoded(raw.substring(colon + 1)));
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "RedisLogin[" + user + "]";
    }
}
