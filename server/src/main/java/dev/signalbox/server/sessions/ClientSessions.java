package dev.signalbox.server.sessions;

import java.util.List;
import java.util.regex.Pattern;

/** Which sessions a client may use, by patterns in which {@code {client}} is its id and {@code *} anything. Thread-safe. */
final class ClientSessions {
    private static final String CLIENT = "{client}";

    private final List<String> patterns;

    public ClientSessions(List<String> patterns) {
        this.patterns = List.copyOf(patterns);
    }

    public boolean allows(String client, String session) {
        return patterns.stream().anyMatch(pattern -> matches(pattern, client, session));
    }

    private static boolean matches(String pattern, String client, String session) {
        StringBuilder regex = new StringBuilder();
        for (int i = 0; i < pattern.length(); ) {
            if (pattern.startsWith(CLIENT, i)) {
                regex.append(Pattern.quote(client));
                i += CLIENT.length();
            } else {
                char c = pattern.charAt(i++);
                regex.append(c == '*' ? ".*" : Pattern.quote(Character.toString(c)));
            }
        }
        return session.matches(regex.toString());
    }

    @Override
    public String toString() {
        return String.join(" ", patterns);
    }
}
