package dev.signalbox.database;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A URL taken apart: {@code scheme://user:password@hosts/path?name=value}.
 *
 * @param words what the query says, with {@code user} and {@code password}
 */
record NamedUrl(String hosts, String path, Map<String, String> words) {

    static NamedUrl parse(String url) {
        URI uri = uri(url);
        String authority = Optional.ofNullable(uri.getRawAuthority()).orElse("localhost");
        int at = authority.lastIndexOf('@');
        Map<String, String> words =
                new LinkedHashMap<>(query(Optional.ofNullable(uri.getRawQuery()).orElse("")));
        if (at >= 0) {
            String[] login = authority.substring(0, at).split(":", 2);
            words.put("user", decode(login[0]));
            if (login.length > 1) {
                words.put("password", decode(login[1]));
            }
        }
        String path = Optional.ofNullable(uri.getRawPath()).orElse("");
        return new NamedUrl(authority.substring(at + 1), path.startsWith("/") ? path.substring(1) : path, words);
    }

    private static URI uri(String bare) {
        try {
            return new URI(bare.contains("://") ? bare : bare.replaceFirst(":", "://localhost/"));
        } catch (URISyntaxException e) {
            // The exception's own message would repeat the URL, and with it the password.
            throw new IllegalArgumentException("the database URL is malformed at character " + e.getIndex() + ": "
                    + e.getReason() + "; special characters in user and password are written as %XX");
        }
    }

    static Map<String, String> query(String query) {
        Map<String, String> words = new LinkedHashMap<>();
        for (String pair : query.split("&", -1)) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                words.put(decode(pair.substring(0, equals)), decode(pair.substring(equals + 1)));
            } else if (!pair.isEmpty()) {
                throw new IllegalArgumentException("the database URL has a parameter without a value");
            }
        }
        return words;
    }

    private static String decode(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), UTF_8);
    }
}
