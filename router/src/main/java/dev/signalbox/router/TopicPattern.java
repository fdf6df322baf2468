package dev.signalbox.router;

/** The name of a topic, or how names begin with an asterisk at the end. */
final class TopicPattern {
    private static final char ANY = '*';

    private TopicPattern() {}

    /** Whether it stands for the topic of this name, or for all that {@code name} stands for. */
    static boolean fits(String pattern, String name) {
        return isPrefix(pattern) ? name.regionMatches(0, pattern, 0, pattern.length() - 1) : name.equals(pattern);
    }

    private static boolean isPrefix(String pattern) {
        return !pattern.isEmpty() && pattern.charAt(pattern.length() - 1) == ANY;
    }

    /** Whether both stand for some topic. */
    static boolean meet(String pattern, String another) {
        return fits(pattern, another) || fits(another, pattern);
    }
}
