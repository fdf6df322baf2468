package dev.signalbox.router;

import java.util.UUID;

/**
 * What one node keeps of a topic, with its epoch, and how far that is all there is: where nodes share the history, others may have more. Guarded
 * by the topic's lock, but for {@link #epoch}, which any thread may read.
 */
final class LocalHistory {
    private final Retained kept;
    private volatile UUID epoch = MessageId.next();
    /** Whether all that is still kept of the topic anywhere is kept here. */
    private boolean complete = true;
    /** Whether the shared history has to be looked at before anybody is let in. */
    private boolean doubtful;

    LocalHistory(Retained kept) {
        this.kept = kept;
    }

    UUID epoch() {
        return epoch;
    }

    /** The last offset, and the epoch that it is of. */
    Position end() {
        return new Position(epoch, kept.end());
    }

    boolean isComplete() {
        return complete;
    }

    boolean isDoubtful() {
        return doubtful;
    }

    /** Something may be missing here. */
    void lacks() {
        complete = false;
    }

    /** The shared history may have changed meanwhile. */
    void doubt() {
        doubtful = true;
    }

    /** Nothing of it was known here; the next is the one after {@code position}. */
    void begin(Position position) {
        epoch = position.epoch();
        kept.skipTo(position.offset());
    }

    /** Whether all that is kept is here, and what a subscriber has seen, who may come from a node that is ahead of this one. */
    boolean reaches(TopicStart from) {
        return complete
                && !doubtful
                && !(from instanceof TopicStart.After(Position(UUID of, long offset))
                        && of.equals(epoch)
                        && offset > kept.end());
    }

    /**
     * Takes over the epoch and the older part of what was read of the shared history. What is newer than all that is kept is still to be appended.
     *
     * @param sure the last offset that was known here before it was read
     * @param whole whether it was read from its beginning
     * @param topic what {@code read} is of
     * @return false, with nothing done, if it contradicts what is here: the store has gone back in time
     */
    boolean adopt(HistoryReading.Read read, long sure, boolean whole, String topic) {
        boolean isSameEpoch = read.epoch().equals(epoch);
        boolean isConsistent =
                isSameEpoch ? read.last() >= sure && !kept.contradicts(read.entries()) : read.before() > kept.end();
        if (!isConsistent) {
            return false;
        }
        doubtful = false;
        if (!isSameEpoch) {
            // Its offsets are above those of the epoch before, so it was read from its beginning.
            epoch = read.epoch();
            kept.skipTo(read.before());
            complete = true;
        } else if (whole && !complete) {
            kept.prepend(read.entries(), topic);
            complete = true;
        }
        return true;
    }
}
