package dev.signalbox.llm;

import java.net.URI;
import java.util.regex.Pattern;

/** Checks what endpoints are made of. Invariant: no message repeats a value, which may be or hold a secret. */
final class EndpointChecks {
    private static final Pattern KEY = Pattern.compile("[!-~]{1,4096}");

    private EndpointChecks() {}

    static void url(URI url) {
        boolean web = "http".equalsIgnoreCase(url.getScheme()) || "https".equalsIgnoreCase(url.getScheme());
        require(web && url.getHost() != null, "url must begin with http:// or https:// and a host");
        require(url.getRawUserInfo() == null, "url holds a user or password; give the key or headers in its place");
        require(
                url.getRawQuery() == null && url.getRawFragment() == null,
                "url holds a query or fragment, which the requests would not keep; leave it out");
    }

    static void key(String field, String value) {
        require(
                KEY.matcher(value).matches(),
                field + " must be 1 to 4096 visible ASCII characters"
                        + (value.isBlank() ? "; it is empty" : hint(value)));
    }

    private static String hint(String value) {
        return value.strip().length() < value.length()
                ? "; it begins or ends with white space: was it read with the newline at the end of its file?"
                : "; it holds white space or another character that a header cannot carry";
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }
}
