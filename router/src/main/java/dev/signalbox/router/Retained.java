package dev.signalbox.router;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The last publications of a topic, as many as its policy keeps; their offsets have no holes. Guarded by the topic's lock. */
final class Retained {
    private final TopicPolicy policy;
    private PublicationRing kept = new PublicationRing();
    private @Nullable Conflation conflation;
    private long bytes;
    private long end;

    Retained(TopicPolicy policy) {
        this.policy = policy;
        this.conflation = conflation();
    }

    private @Nullable Conflation conflation() {
        return policy.conflateBy().map(Conflation::new).orElse(null);
    }

    /** The last offset that was given away, whether what is there is kept or not. */
    long end() {
        return end;
    }

    /** The offset of the oldest that is kept; one above {@link #end} if none is. */
    long first() {
        return end - kept.size() + 1;
    }

    long bytes() {
        return bytes;
    }

    boolean isEmpty() {
        return kept.size() == 0;
    }

    /** The next one, in its place. */
    void add(Publication next) {
        kept.add(next);
        bytes += next.message().bytes();
        end = next.offset();
        if (conflation != null) {
            conflation.added(next);
        }
    }

    /** What comes up to {@code offset} is missing: it is left out, and with it what is kept before it, so that readers see a gap. */
    void skipTo(long offset) {
        kept = new PublicationRing();
        conflation = conflation();
        bytes = 0;
        end = offset;
    }

    /** Keeps those, too, that are just before the oldest that is kept, as far as they have no holes. */
    void prepend(List<ClusterFrame.Stored> entries, String topic) {
        List<Publication> older = before(first(), entries, topic);
        PublicationRing newer = kept;
        long last = end;
        skipTo(0);
        older.forEach(this::add);
        for (int i = 0; i < newer.size(); i++) {
            add(newer.get(i));
        }
        end = last;
    }

    private static List<Publication> before(long first, List<ClusterFrame.Stored> entries, String topic) {
        List<Publication> found = new ArrayList<>();
        for (ClusterFrame.Stored each : entries) {
            if (each.offset() >= first) {
                break;
            }
            if (!found.isEmpty() && each.offset() > found.getLast().offset() + 1) {
                found.clear();
            }
            found.add(each.publication(topic));
        }
        return found.isEmpty() || found.getLast().offset() == first - 1 ? found : List.of();
    }

    /** Whether one of them has the place of another message here. */
    boolean contradicts(List<ClusterFrame.Stored> entries) {
        return entries.stream().anyMatch(each -> {
            Publication known = find(each.offset());
            return known != null
                    && !known.message().id().equals(each.entry().message().id());
        });
    }

    /** Forgets what the policy does not keep any more. */
    void trim(long now) {
        long oldest = now - policy.age().toMillis();
        while (kept.size() > 0 && isSurplus(kept.get(0), oldest)) {
            forgetFirst();
        }
    }

    private void forgetFirst() {
        Publication first = kept.removeFirst();
        bytes -= first.message().bytes();
        if (conflation != null) {
            conflation.removed(first);
        }
    }

    /** The newest may be larger than all that is kept otherwise. */
    private boolean isSurplus(Publication first, long oldest) {
        return kept.size() > policy.count() || first.at() < oldest || (bytes > policy.bytes() && kept.size() > 1);
    }

    /** The one with this offset; null if it is not kept. */
    @Nullable
    Publication find(long offset) {
        return offset < first() || offset > end ? null : kept.get((int) (offset - first()));
    }

    Topic.Kept read(long after, long upTo, int maxBytes) {
        return read(after, upTo, maxBytes, null);
    }

    /** The same without those that have a newer one with the same key up to {@code upTo}, if the policy has keys. */
    Topic.Kept readNewest(long after, long upTo, int maxBytes) {
        return read(after, upTo, maxBytes, conflation);
    }

    private Topic.Kept read(long after, long upTo, int maxBytes, @Nullable Conflation unless) {
        long last = Math.min(upTo, end);
        List<Publication> read = new ArrayList<>();
        long size = 0;
        for (long offset = Math.max(first(), after + 1); offset <= last && size < maxBytes; offset++) {
            Publication next = kept.get((int) (offset - first()));
            if (unless == null || !unless.isSuperseded(next, last)) {
                read.add(next);
                size += next.message().bytes();
            }
        }
        return new Topic.Kept(first(), read);
    }
}
