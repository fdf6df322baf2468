package dev.signalbox.router;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/**
 * What this node knows of a list that another node keeps, such as that of its sessions: all of it as of some change, and each change since by
 * its number. If a change is missing, or nothing is known yet, all is asked for, and comes in parts that are numbered, too: an answer of which a
 * part is missing counts for nothing. Not thread-safe: guarded by its owner's monitor.
 *
 * @param <E> an entry of the list
 * @param <C> a change of it
 */
final class ClusterCopy<E, C> {
    /** After that without a part of it, what was asked for is asked for again. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** Changes that may come before all that was asked for; beyond it, all is asked for again. */
    private static final int MAX_CHANGES = 10_000;

    /** No part is the next: the answer has not begun, or one of its parts was lost. */
    private static final int NONE = -1;

    /** Keeps the entries, and asks the other node. */
    interface Keeper<E, C> {
        void apply(C change);

        /** These are all entries now. */
        void replace(List<E> all);

        /** All of the list is needed. */
        void ask();
    }

    /**
     * A part of all entries, as of the change {@code version}.
     *
     * @param number of this part, from 0 on
     */
    record Part<E>(long version, int number, boolean isLast, List<E> entries) {
        Part {
            entries = List.copyOf(entries);
        }
    }

    private record Numbered<C>(long number, C change) {}

    private final InstantSource clock;
    private final Keeper<E, C> keeper;
    /** The last change that is known; -1 until all entries are. */
    private long version = -1;

    /** While all entries are awaited: since when, what has come of them, and the changes that came meanwhile. */
    private boolean isAsked;

    private Instant askedAt = Instant.EPOCH;
    private final List<E> arriving = new ArrayList<>();
    private final List<Numbered<C>> changes = new ArrayList<>();
    private long arrivingVersion;
    private int nextPart = NONE;
    /** How many changes the last sign of life but one told of. */
    private long toldBefore;

    ClusterCopy(InstantSource clock, Keeper<E, C> keeper) {
        this.clock = clock;
        this.keeper = keeper;
    }

    /** Whether all entries are known, as far as can be known. */
    boolean isComplete() {
        return version >= 0 && !isAsked;
    }

    /** The last change that is known; -1 if nothing is. */
    long version() {
        return version;
    }

    void ask() {
        isAsked = true;
        askedAt = clock.instant();
        nextPart = NONE;
        arriving.clear();
        changes.clear();
        keeper.ask();
    }

    /** What was to be asked for is asked for only now. */
    void asks() {
        askedAt = clock.instant();
    }

    private boolean isPatient() {
        return isAsked && clock.instant().isBefore(askedAt.plus(PATIENCE));
    }

    /**
     * The other node tells how many changes there were, on the same channel as the changes: each of them came before, or is missing. More may have
     * come, for they may overtake what tells of them.
     */
    void told(long changesSoFar) {
        if (version < changesSoFar && !isPatient()) {
            ask();
        }
    }

    /** The same on another channel, which may be ahead: only what was told the time before is missing by now. */
    void toldApart(long changesSoFar) {
        if (isAsked ? !isPatient() : version < toldBefore) {
            ask();
        }
        toldBefore = changesSoFar;
    }

    /** Changes, or parts of an answer, may be missing. If all was asked for already, the next sign of life asks again. */
    void missed() {
        if (isAsked) {
            askedAt = Instant.EPOCH;
        } else {
            ask();
        }
    }

    /** The change of this number. */
    void changed(long number, C change) {
        if (!isAsked) {
            if (!apply(number, change)) {
                ask();
            }
            return;
        }
        changes.add(new Numbered<>(number, change));
        if (changes.size() > MAX_CHANGES) {
            ask();
        }
    }

    /** False if another change is missing before it. */
    private boolean apply(long number, C change) {
        if (number <= version) {
            return true;
        }
        if (number != version + 1) {
            return false;
        }
        version = number;
        keeper.apply(change);
        return true;
    }

    /**
     * A part of all entries. Nothing comes of parts that nobody asked for, of those after one that was lost, and of an answer to an earlier question that
     * is older than what is known.
     */
    void arrived(Part<E> part) {
        if (!isAsked || part.version() < version) {
            return;
        }
        if (part.number() == 0) {
            arriving.clear();
            arrivingVersion = part.version();
            nextPart = 0;
        }
        if (part.number() != nextPart || part.version() != arrivingVersion) {
            nextPart = NONE;
            // The next sign of life asks again, and not this: a link that loses much would carry answers without end.
            askedAt = part.isLast() ? Instant.EPOCH : askedAt;
            return;
        }
        nextPart++;
        askedAt = clock.instant();
        arriving.addAll(part.entries());
        if (part.isLast()) {
            complete();
        }
    }

    /** The other node has told no change after this one: nothing is missing, if that is the last one that is known. */
    void unchanged(long asOf) {
        if (isAsked && asOf == version) {
            goOn(settled());
        }
    }

    private void complete() {
        List<E> all = List.copyOf(arriving);
        version = arrivingVersion;
        List<Numbered<C>> since = settled();
        keeper.replace(all);
        goOn(since);
    }

    /** What was asked for has come; the changes that came meanwhile. */
    private List<Numbered<C>> settled() {
        List<Numbered<C>> since = List.copyOf(changes);
        isAsked = false;
        nextPart = NONE;
        arriving.clear();
        changes.clear();
        return since;
    }

    private void goOn(List<Numbered<C>> since) {
        for (Numbered<C> each : since) {
            if (!apply(each.number(), each.change())) {
                ask();
                return;
            }
        }
    }
}
