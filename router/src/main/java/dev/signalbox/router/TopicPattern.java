package dev.signalbox.router;

/** The name of a topic, or how names begin with an asterisk at the end. */
final class TopicPattern {
    private static final char ANY = '*';

    private TopicPattern() {}

    /** Whether it stands for the topic of this name. */
    static boolean fits(String pattern, String name) {
        int prefix = pattern.length() - 1;
        return prefix >= 0 && pattern.charAt(prefix) == ANY
                ? name.regionMatches(0, pattern, 0, prefix)
                : name.equals(pattern);
    }

    /** @throws IllegalArgumentException if it is none */
    static void require(String pattern) {
        boolean isPrefix = !pattern.isEmpty() && pattern.charAt(pattern.length() - 1) == ANY;
        String name = isPrefix ? pattern.substring(0, pattern.length() - 1) : pattern;
        if (!isPrefix || !name.isEmpty()) {
            Address.topic(name);
        }
    }
}
