package dev.signalbox.cluster.nats;

import dev.signalbox.cluster.nats.NatsStream.Stored;
import dev.signalbox.router.Position;
import dev.signalbox.router.TopicHistory;
import dev.signalbox.router.TopicHistory.Append;
import dev.signalbox.router.TopicHistory.Appended;
import dev.signalbox.router.TopicHistory.Entry;
import dev.signalbox.router.TopicHistory.Kept;
import dev.signalbox.router.TopicHistory.Page;
import dev.signalbox.router.TopicHistory.Place;
import dev.signalbox.router.TopicHistory.Retention;
import dev.signalbox.router.TopicHistoryException;
import io.nats.client.JetStreamApiException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this node knows of one topic's subject: where its batches are, and which ids they have. Used by one thread at a time, which waits for the
 * server; see {@link NatsHistory}.
 */
final class NatsTopic {
    /*
     * A batch is published on the condition that the topic's newest message is the one that is known here. So of two nodes only one succeeds, and the
     * other looks first what the one has appended: ids are compared on what is really there. An append whose answer got lost is found by its ids, or has
     * not come yet, and then never will, for the condition does not hold any more once it is repeated.
     *
     * Each batch names the stamp of the one before. If the newest message is not what follows from what is known here, the stream has gone back in time,
     * or was made anew, and has gone on since: the subject is read from its beginning.
     */
    private static final Logger LOG = LoggerFactory.getLogger(NatsTopic.class);

    /** Ids that are known at least, and with them what is kept at least: so many entries, or so many bytes. */
    private static final int LEAST_ENTRIES = 1_024;

    private static final long LEAST_BYTES = 4 << 20;

    /** Surplus is dropped once it is worth a question to the server. */
    private static final int SURPLUS_ENTRIES = 256;

    private static final long SURPLUS_BYTES = 1 << 20;

    /** Each conflict means that another node has appended. */
    private static final int MAX_CONFLICTS = 100;

    /** A batch of the present epoch, and where it is. {@code contents} is what of its bytes a page counts. */
    private record Known(long first, long sequence, int entries, long bytes, long contents) {}

    private final String name;
    private final NavigableMap<Long, Known> batches = new TreeMap<>();
    private final LinkedHashMap<String, Long> ids = new LinkedHashMap<>();
    /** Of the newest message that is known; 0 if none is. */
    private long sequence;

    private UUID stamp = NatsBatch.NONE;
    /** Null if the topic is unknown, or its newest message cannot be read. */
    private @Nullable UUID epoch;

    private long last;
    private long entries;
    private long bytes;

    NatsTopic(String name) {
        this.name = name;
    }

    private void forget() {
        sequence = 0;
        stamp = NatsBatch.NONE;
        epoch = null;
        last = 0;
        forgetBatches();
    }

    private void forgetBatches() {
        batches.clear();
        ids.clear();
        entries = 0;
        bytes = 0;
    }

    private void catchUp(NatsStream stream) throws IOException, JetStreamApiException {
        Stored newest = stream.last(name).orElse(null);
        if (newest == null) {
            forget();
            return;
        }
        if (newest.sequence() == sequence && stampOf(newest).equals(stamp)) {
            return;
        }
        boolean mayFollow = sequence > 0 && sequence < newest.sequence();
        if (!mayFollow || !readUpTo(stream, newest.sequence(), false)) {
            forget();
            if (!readUpTo(stream, newest.sequence(), true)) {
                forget(); // It was dropped, or the stream was, since.
            }
        }
    }

    /** False if what is there does not follow from what is known, and that is not all the same, or if the newest is not there any more. */
    private boolean readUpTo(NatsStream stream, long newest, boolean fromBeginning)
            throws IOException, JetStreamApiException {
        try (NatsReading reading = stream.read(name, sequence, newest - sequence)) {
            while (sequence < newest) {
                Stored next = reading.next().orElse(null);
                if (next == null || !(fromBeginning || follows(next))) {
                    return false;
                }
                take(next);
            }
            return true;
        }
    }

    private static UUID stampOf(Stored stored) {
        return stored.batch().map(NatsBatch::stamp).orElse(NatsBatch.NONE);
    }

    private boolean follows(Stored next) {
        return next.batch().filter(batch -> batch.previous().equals(stamp)).isPresent();
    }

    /** What does not follow from what is known before it begins anew. */
    private void take(Stored next) {
        NatsBatch batch = next.batch().orElse(null);
        boolean goesOn = batch != null && batch.epoch().equals(epoch) && batch.first() == last + 1 && follows(next);
        if (!goesOn) {
            forgetBatches();
        }
        sequence = next.sequence();
        if (batch == null) {
            LOG.warn(
                    "message {} of the history of topic {} is none of this cluster's, or of a newer release",
                    sequence,
                    name);
            stamp = NatsBatch.NONE;
            epoch = null;
            return;
        }
        stamp = batch.stamp();
        epoch = batch.epoch();
        last = batch.last();
        remember(batch);
    }

    private void remember(NatsBatch batch) {
        if (batch.entries().isEmpty()) {
            return;
        }
        batches.put(
                batch.first(),
                new Known(batch.first(), sequence, batch.entries().size(), batch.bytes(), batch.contents()));
        entries += batch.entries().size();
        bytes += batch.bytes();
        long offset = batch.first();
        for (Entry entry : batch.entries()) {
            ids.put(entry.id(), offset++);
        }
        while (ids.size() > Math.max(LEAST_ENTRIES, entries)) {
            ids.remove(ids.keySet().iterator().next());
        }
    }

    /** @throws TopicHistoryException as {@link TopicHistory#append} says */
    Appended append(NatsStream stream, Append append) {
        Set<String> own = new HashSet<>();
        boolean unsure = false;
        try {
            catchUp(stream);
            stream.require(append.retention().age());
            int conflicts = 0;
            for (NatsBatch batch = next(append); batch != null; batch = next(append)) {
                unsure = true;
                long at = stream.publish(name, batch, sequence).orElse(0L);
                unsure = !own.isEmpty();
                if (at > 0) {
                    take(new Stored(at, Optional.of(batch)));
                    batch.entries().forEach(entry -> own.add(entry.id()));
                } else if (++conflicts > MAX_CONFLICTS) {
                    throw new TopicHistoryException("too many nodes append to topic " + name + " at once", unsure);
                } else {
                    catchUp(stream);
                }
            }
            trim(stream, append.retention());
            return appended(append, own);
        } catch (JetStreamApiException e) {
            throw new TopicHistoryException("JetStream refuses it: " + e.getMessage(), !own.isEmpty(), e);
        } catch (IOException | IllegalStateException e) {
            throw new TopicHistoryException("JetStream did not answer: " + e.getMessage(), unsure, e);
        }
    }

    /** What is to be appended next; null if nothing is left. */
    private @Nullable NatsBatch next(Append append) {
        boolean begins = epoch == null || isBehind(append.seen());
        List<Entry> chosen = new ArrayList<>();
        int size = 0;
        for (Entry entry : append.entries()) {
            if (begins || !ids.containsKey(entry.id())) {
                size += NatsBatch.bytes(entry);
                if (!chosen.isEmpty() && size > NatsHistory.MAX_BATCH) {
                    break;
                }
                chosen.add(entry);
            }
        }
        if (chosen.isEmpty() && !begins) {
            return null;
        }
        UUID of = begins ? append.fresh().epoch() : present();
        long before = begins ? append.fresh().offset() : last;
        return new NatsBatch(UUID.randomUUID(), stamp, of, before + 1, chosen);
    }

    private boolean isBehind(Optional<Position> seen) {
        return seen.filter(place -> place.epoch().equals(epoch) && place.offset() > last)
                .isPresent();
    }

    private Appended appended(Append append, Set<String> own) {
        List<Place> places = new ArrayList<>();
        for (Entry entry : append.entries()) {
            Long offset = ids.get(entry.id());
            if (offset == null) {
                throw new TopicHistoryException("others have appended too much since", true);
            }
            places.add(new Place(offset, !own.contains(entry.id())));
        }
        return new Appended(present(), last, places);
    }

    private UUID present() {
        if (epoch == null) {
            throw new IllegalStateException("the topic has no epoch");
        }
        return epoch;
    }

    private void trim(NatsStream stream, Retention retention) throws IOException, JetStreamApiException {
        long mostEntries = Math.max(retention.count(), LEAST_ENTRIES);
        long mostBytes = Math.max(retention.bytes(), LEAST_BYTES);
        long leftEntries = entries;
        long leftBytes = bytes;
        int dropped = 0;
        for (Known each : batches.values()) {
            boolean isSurplus = leftEntries - each.entries() >= mostEntries || leftBytes - each.bytes() >= mostBytes;
            if (!isSurplus) {
                break;
            }
            leftEntries -= each.entries();
            leftBytes -= each.bytes();
            dropped++;
        }
        if (entries - leftEntries >= SURPLUS_ENTRIES || bytes - leftBytes >= SURPLUS_BYTES) {
            for (int i = 0; i < dropped; i++) {
                drop(batches.firstKey());
            }
            stream.purge(name, batches.values().iterator().next().sequence());
        }
    }

    private void drop(long first) {
        Known dropped = batches.remove(first);
        if (dropped != null) {
            entries -= dropped.entries();
            bytes -= dropped.bytes();
        }
    }

    /** @throws TopicHistoryException as {@link TopicHistory#read} says */
    Optional<Page> read(NatsStream stream, long after, int maxBytes) {
        try {
            catchUp(stream);
            dropWhatIsGone(stream);
            return epoch == null ? Optional.empty() : Optional.of(page(stream, after, maxBytes));
        } catch (JetStreamApiException | IOException | IllegalStateException e) {
            throw new TopicHistoryException("JetStream cannot be read: " + e.getMessage(), false, e);
        }
    }

    /** Other nodes drop what is surplus, and the server what is too old: a node that only reads would remember where all of it was. */
    private void dropWhatIsGone(NatsStream stream) throws IOException, JetStreamApiException {
        long oldest = stream.next(name, 1).map(Stored::sequence).orElse(Long.MAX_VALUE);
        while (!batches.isEmpty() && batches.values().iterator().next().sequence() < oldest) {
            drop(batches.firstKey());
        }
    }

    private Page page(NatsStream stream, long after, int maxBytes) throws IOException, JetStreamApiException {
        List<Kept> read = new ArrayList<>();
        long left = maxBytes;
        Long from = batches.floorKey(after == Long.MAX_VALUE ? after : after + 1);
        List<Known> tail =
                List.copyOf(batches.tailMap(from == null ? 0L : from, true).values());
        long before = tail.isEmpty() ? sequence : tail.getFirst().sequence() - 1;
        try (NatsReading reading = stream.read(name, before, pageful(tail, after, maxBytes))) {
            for (Known each : tail) {
                if (left <= 0 || read.size() == TopicHistory.MAX_ENTRIES) {
                    break;
                }
                NatsBatch batch = kept(reading, each).orElse(null);
                if (batch == null) {
                    drop(each.first()); // It has expired since.
                } else {
                    left = take(batch, after, left, read);
                }
            }
        }
        return new Page(present(), batches.isEmpty() ? last + 1 : batches.firstKey(), last, read);
    }

    /** How many of these batches make a page, or one more: of one that begins before the page, it is not known how much belongs to it. */
    private static int pageful(List<Known> tail, long after, int maxBytes) {
        int batches = 0;
        long entries = 0;
        long contents = 0;
        while (batches < tail.size() && entries < TopicHistory.MAX_ENTRIES && contents < maxBytes) {
            Known next = tail.get(batches++);
            entries += next.first() > after ? next.entries() : 0;
            contents += next.first() > after ? next.contents() : 0;
        }
        return batches;
    }

    private Optional<NatsBatch> kept(NatsReading reading, Known known) throws IOException, JetStreamApiException {
        return reading.at(known.sequence())
                .flatMap(Stored::batch)
                .filter(batch -> batch.epoch().equals(epoch) && batch.first() == known.first());
    }

    /** Adds what there is room for; returns the bytes that are left. */
    private static long take(NatsBatch batch, long after, long room, List<Kept> read) {
        long left = room;
        long offset = batch.first();
        for (Entry entry : batch.entries()) {
            if (offset > after && left > 0 && read.size() < TopicHistory.MAX_ENTRIES) {
                read.add(new Kept(offset, entry));
                left -= entry.content().bytes().length;
            }
            offset++;
        }
        return left;
    }
}
