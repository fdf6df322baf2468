package dev.signalbox.router;

/** The name of a topic, or how names begin with an asterisk at the end. */
final class TopicPattern {
    private static final char ANY = '*';

    private TopicPattern() {}

    /** Whether it stands for the topic of this name. */
    static boolean fits(String pattern, String name) {
        return isPrefix(pattern) ? name.regionMatches(0, pattern, 0, pattern.length() - 1) : name.equals(pattern);
    }

    private static boolean isPrefix(String pattern) {
        return !pattern.isEmpty() && pattern.charAt(pattern.length() - 1) == ANY;
    }

    /** @throws IllegalArgumentException if it is none */
    static void require(String pattern) {
        String name = isPrefix(pattern) ? pattern.substring(0, pattern.length() - 1) : pattern;
        if (!name.isEmpty() || !isPrefix(pattern)) {
            Address.topic(name);
        }
    }
}
