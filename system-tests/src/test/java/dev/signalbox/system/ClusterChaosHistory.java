package dev.signalbox.system;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the clients of a cluster sent and received, and whether it may be so. The rules: a connection gets each message at most once, and
 * those of one sender in order; what was acknowledged to its sender had arrived, and under one id; of a topic, a subscriber gets all that
 * was published after the first that it got, or is told of a gap; and no logic runs twice for one message.
 *
 * <p>Senders and receivers are single connections, by any name that is theirs alone; each sender numbers what it sends. Thread-safe.
 */
final class ClusterChaosHistory {
    private record Pair(String receiver, String sender) {}

    /** The last publication of a sender that a subscriber got, and whether it was told of a gap since. */
    private record Heard(int number, boolean gap) {}

    /** A subscriber got an earlier and a later publication of this sender, and was told of no gap in between. */
    private record Missed(String subscriber, String sender, int number) {}

    private final Map<Pair, Integer> told = new HashMap<>();
    private final Map<Pair, Heard> heard = new HashMap<>();
    private final Map<String, BitSet> published = new HashMap<>();
    private final List<Missed> missed = new ArrayList<>();
    private final Map<String, String> handled = new HashMap<>();
    private final Set<String> ran = new HashSet<>();
    private final List<String> faults = new ArrayList<>();
    private final Map<String, Integer> counts = new HashMap<>();

    /** A message without acknowledgement arrived. */
    synchronized void told(String receiver, String sender, int number) {
        count("told");
        Integer last = told.put(new Pair(receiver, sender), number);
        requireLater(receiver, sender, last == null ? 0 : last, number);
    }

    private void requireLater(String receiver, String sender, int last, int number) {
        if (number <= last) {
            faults.add(receiver + " got message " + number + " of " + sender + " after " + last);
        }
    }

    synchronized boolean isTold(String receiver, String sender, int number) {
        return told.getOrDefault(new Pair(receiver, sender), 0) >= number;
    }

    /** A message that wants to be acknowledged arrived, maybe again: its receiver knows it by its id. */
    synchronized void handled(String text, String id) {
        count("handled");
        String known = handled.putIfAbsent(text, id);
        if (known != null && !known.equals(id)) {
            faults.add("message " + text + " came under two ids, " + known + " and " + id);
        }
    }

    /** The sender of a message learned that it was acknowledged. */
    synchronized void acknowledged(String text) {
        count("acknowledged");
        if (!handled.containsKey(text)) {
            faults.add("message " + text + " was acknowledged to its sender and arrived nowhere");
        }
    }

    /** The sender of a publication learned that the topic has it. */
    synchronized void published(String sender, int number) {
        count("published");
        published.computeIfAbsent(sender, same -> new BitSet()).set(number);
    }

    /** A publication arrived at a subscriber. */
    synchronized void heard(String subscriber, String sender, int number) {
        count("heard");
        Heard last = heard.put(new Pair(subscriber, sender), new Heard(number, false));
        if (last == null) {
            return;
        }
        requireLater(subscriber, sender, last.number(), number);
        for (int between = last.number() + 1; between < number && !last.gap(); between++) {
            missed.add(new Missed(subscriber, sender, between));
        }
    }

    /** A subscriber was told that publications are missing. */
    synchronized void gap(String subscriber) {
        count("gaps");
        heard.replaceAll((pair, last) -> pair.receiver().equals(subscriber) ? new Heard(last.number(), true) : last);
    }

    synchronized boolean isHeard(String subscriber, String sender, int number) {
        Heard last = heard.get(new Pair(subscriber, sender));
        return last != null && last.number() >= number;
    }

    /** Logic ran for a message. */
    synchronized void ran(String message) {
        count("ran");
        if (!ran.add(message)) {
            faults.add("logic ran twice for message " + message);
        }
    }

    /** Logic that ran was answered to the one who asked. */
    synchronized void replied() {
        count("replied");
    }

    /** Something that has no rule of its own here, and is wrong. */
    synchronized void fault(String what) {
        faults.add(what);
    }

    private void count(String what) {
        counts.merge(what, 1, Integer::sum);
    }

    /** How often each of these was noted, by the name of its method; gaps as {@code gaps}. */
    synchronized Map<String, Integer> counts() {
        return Map.copyOf(counts);
    }

    /** What was not as it should be; empty if all was. */
    synchronized List<String> faults() {
        List<String> all = new ArrayList<>(faults);
        missed.stream().filter(this::isPublished).map(Missed::toString).forEach(all::add);
        return all;
    }

    private boolean isPublished(Missed each) {
        return published.getOrDefault(each.sender(), new BitSet()).get(each.number());
    }
}
