package dev.signalbox.delivery.queue;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Holds channels back on all nodes, and tells how they stand. Pauses are rows of the database, so they outlive every node.
 * Thread-safe. All failures of the database are thrown as {@link DeliveryQueueException}.
 */
public interface FlowControl {
    /**
     * A channel that is held back.
     *
     * @param channel empty where all are
     * @param remark who paused it, and why
     */
    record Pause(Optional<Channel> channel, Instant since, Remark remark) {}

    /**
     * How a channel stands.
     *
     * @param due messages whose time has come, counted up to a bound
     * @param later messages that wait for their time, counted over those that are due first
     * @param exact whether neither number was cut short
     * @param underWay messages that nodes have claimed
     * @param oldestDue since when the one that waits longest has been due
     * @param served whether some node sends over it
     * @param pause its own, or that of all
     */
    record LaneStatus(
            Channel channel,
            long due,
            long later,
            boolean exact,
            long underWay,
            Optional<Instant> oldestDue,
            boolean served,
            Optional<Pause> pause) {}

    /**
     * Pauses a channel, or all. From then on nothing of it is claimed; what is claimed and not begun goes back within
     * {@link DispatchOptions#poll()}, and what has begun ends. Meanwhile the clock goes on: what is over its expiry or time
     * limit when the pause ends is not sent.
     *
     * @param channel empty for all, those that nobody has used yet included
     * @return the pause that stands: this one, or the earlier one with its own remark
     */
    Pause pause(Optional<Channel> channel, Remark remark);

    /** Ends the pause of a channel, or of all. They are apart: a channel's own outlasts that of all. Returns whether there was one. */
    boolean resume(Optional<Channel> channel);

    /** What is paused, that of all first. */
    List<Pause> pauses();

    /** Every channel that has messages waiting or under way, is paused, or was served lately; in the order of their names. */
    List<LaneStatus> lanes();
}
