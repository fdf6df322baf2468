package dev.signalbox.router;

import java.util.List;

/**
 * The topics that a token lets its user use. An {@link Authorizer} decides what they count for.
 *
 * @param publish names of topics, or how names begin with an asterisk at the end; 100 at most
 * @param subscribe the same
 * @param join the same: each session of the user subscribes to these from its beginning, with what is published next
 */
public record TopicGrants(List<String> publish, List<String> subscribe, List<String> join) {
    private static final int MOST = 100;

    /** No topic. */
    public static final TopicGrants NONE = new TopicGrants(List.of(), List.of(), List.of());

    /**
     * Checks the patterns.
     *
     * @throws IllegalArgumentException if there are too many, or one cannot be that of a topic
     */
    public TopicGrants {
        publish = List.copyOf(publish);
        subscribe = List.copyOf(subscribe);
        join = List.copyOf(join);
        if (publish.size() > MOST || subscribe.size() > MOST || join.size() > MOST) {
            throw new IllegalArgumentException("a token grants at most " + MOST + " patterns of topics for each use");
        }
        publish.forEach(Address::topic);
        subscribe.forEach(Address::topic);
        join.forEach(Address::topic);
    }

    /** Without topics that sessions subscribe to by themselves. */
    public TopicGrants(List<String> publish, List<String> subscribe) {
        this(publish, subscribe, List.of());
    }

    /** Whether the topic of this name, or all those of a pattern, are among those for this use. */
    public boolean allow(Authorizer.Operation operation, String topic) {
        return switch (operation) {
            case PUBLISH -> isAmong(publish, topic);
            case SUBSCRIBE -> isAmong(subscribe, topic) || isAmong(join, topic);
            case SEND -> false;
        };
    }

    private static boolean isAmong(List<String> patterns, String topic) {
        for (int i = 0; i < patterns.size(); i++) {
            if (TopicPattern.fits(patterns.get(i), topic)) {
                return true;
            }
        }
        return false;
    }
}
