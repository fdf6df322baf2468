package dev.signalbox.server.delivery;

import dev.signalbox.delivery.queue.DeliveryQueue;
import dev.signalbox.delivery.queue.DeliveryQueue.Receipt;
import dev.signalbox.delivery.queue.DeliveryQueueException;
import dev.signalbox.delivery.queue.EnqueueInDoubtException;
import dev.signalbox.delivery.queue.Reach;
import dev.signalbox.delivery.queue.ReachConflictException;
import dev.signalbox.server.configuration.FailureText;
import dev.signalbox.server.delivery.BulkSource.Entry;
import dev.signalbox.server.rest.Json;
import dev.signalbox.server.rest.LineReader;
import dev.signalbox.server.rest.Violation;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Enqueues what a {@link BulkSource} yields in batches of one transaction each, and writes one line of JSON for each of
 * its lines, then the sums. Holds one batch at a time. Used once, by one thread.
 */
final class BulkIntake {
    private static final Logger LOG = LoggerFactory.getLogger(BulkIntake.class);
    private static final int BATCH = 500;
    private static final int BATCH_CHARACTERS = 4 * 1024 * 1024;

    private final DeliveryQueue queue;
    private final OutputStream results;
    private final UnaryOperator<String> shown;
    private final BooleanSupplier stopping;
    private final List<Entry> batch = new ArrayList<>(BATCH);
    private int batchCharacters;
    private long accepted;
    private long duplicates;
    private long refused;
    private long inDoubt;

    /**
     * @param shown the caller's word for a field of a message in JSON
     * @param stopping whether the server is about to stop, and takes no further batch
     */
    BulkIntake(DeliveryQueue queue, OutputStream results, UnaryOperator<String> shown, BooleanSupplier stopping) {
        this.queue = queue;
        this.results = results;
        this.shown = shown;
        this.stopping = stopping;
    }

    /** Returns how many were accepted as new. */
    long take(BulkSource source) throws IOException {
        Optional<String> incomplete = Optional.empty();
        try {
            for (var entry = source.next(); entry.isPresent() && incomplete.isEmpty(); entry = source.next()) {
                add(entry.get());
                if (stopping.getAsBoolean()) {
                    incomplete = Optional.of("the server is stopping; lines after line "
                            + entry.get().line()
                            + " were not taken. Send them in another request");
                }
            }
            flush();
        } catch (LineReader.TooLongException tooLong) {
            flush();
            incomplete =
                    Optional.of(FailureText.of(tooLong) + "; later lines were not read. Send them in another request");
        } catch (EnqueueInDoubtException doubt) {
            LOG.warn("A bulk request ended early: its last batch may or may not be in the queue", doubt);
            incomplete = Optional.of(
                    "the connection to the database broke before it confirmed this batch; later lines were"
                            + " not read. Lines with inDoubt may be in the queue: send them again with the id they have here, which is safe");
        } catch (DeliveryQueueException unavailable) {
            LOG.warn("A bulk request ended early: the queue could not store a batch", unavailable);
            incomplete = Optional.of(
                    "the database could not store this batch; later lines were not read. Send the file again: dedupe keys prevent repeats");
        }
        write(sums(incomplete));
        return accepted;
    }

    private Map<String, Object> sums(Optional<String> incomplete) {
        var sums = new LinkedHashMap<String, Object>();
        sums.put("accepted", accepted);
        sums.put("duplicates", duplicates);
        sums.put("refused", refused);
        if (inDoubt > 0) {
            sums.put("inDoubt", inDoubt);
        }
        incomplete.ifPresent(reason -> sums.put("incomplete", reason));
        return sums;
    }

    private void add(Entry entry) throws IOException {
        batch.add(entry);
        if (entry instanceof Entry.Good good) {
            batchCharacters += good.reach().body().length();
        }
        if (batch.size() >= BATCH || batchCharacters >= BATCH_CHARACTERS) {
            flush();
        }
    }

    private void flush() throws IOException {
        List<Entry> entries = List.copyOf(batch);
        batch.clear();
        batchCharacters = 0;
        try {
            Iterator<Receipt> receipts = queue.enqueueAll(reaches(entries)).iterator();
            for (Entry entry : entries) {
                write(entry instanceof Entry.Good good ? stored(good, receipts.next()) : refused(entry));
            }
        } catch (IllegalArgumentException oneIsInvalid) {
            LOG.debug("The queue refused a batch; trying its messages one by one", oneIsInvalid);
            oneByOne(entries);
        } catch (EnqueueInDoubtException doubt) {
            for (Entry entry : entries) {
                write(entry instanceof Entry.Good good ? inDoubt(good) : refused(entry));
            }
            throw doubt;
        } catch (DeliveryQueueException unavailable) {
            for (Entry entry : entries) {
                write(
                        entry instanceof Entry.Bad
                                ? refused(entry)
                                : refused(entry.line(), "the queue could not store it"));
            }
            throw unavailable;
        }
    }

    private static List<Reach> reaches(List<Entry> entries) {
        return entries.stream()
                .filter(Entry.Good.class::isInstance)
                .map(Entry.Good.class::cast)
                .map(Entry.Good::reach)
                .toList();
    }

    private void oneByOne(List<Entry> entries) throws IOException {
        for (Entry entry : entries) {
            write(entry instanceof Entry.Good good ? one(good) : refused(entry));
        }
    }

    private Map<String, Object> one(Entry.Good good) {
        try {
            return stored(good, queue.enqueue(good.reach()));
        } catch (ReachConflictException conflict) {
            return refused(good.line(), conflict.receipt());
        } catch (IllegalArgumentException invalid) {
            return refused(good.line(), FailureText.of(invalid));
        } catch (EnqueueInDoubtException doubt) {
            LOG.warn("Line {} of a bulk request may or may not be in the queue", good.line(), doubt);
            return inDoubt(good);
        } catch (DeliveryQueueException unavailable) {
            LOG.warn("The queue could not store line {} of a bulk request", good.line(), unavailable);
            return refused(good.line(), "the queue could not store it");
        }
    }

    private Map<String, Object> stored(Entry.Good good, Receipt receipt) {
        if (receipt.conflict()) {
            return refused(good.line(), receipt);
        }
        if (receipt.duplicate()) {
            duplicates++;
        } else {
            accepted++;
        }
        var line = new LinkedHashMap<String, Object>();
        line.put("line", good.line());
        line.put("id", receipt.id());
        line.put("duplicate", receipt.duplicate());
        return line;
    }

    /** Neither stored nor refused for certain; the id lets the caller find out, or send it again without a repeat. */
    private Map<String, Object> inDoubt(Entry.Good good) {
        inDoubt++;
        var line = new LinkedHashMap<String, Object>();
        line.put("line", good.line());
        line.put("id", good.reach().id());
        line.put("inDoubt", true);
        var error = new LinkedHashMap<String, Object>();
        error.put("field", "");
        error.put(
                "message",
                "may or may not be in the queue as " + good.reach().id()
                        + ", since the connection to the database broke; look it up, or send it again with this id");
        line.put("error", error);
        return line;
    }

    private Map<String, Object> refused(long line, Receipt conflict) {
        return refused(line, Conflicts.violations(conflict, shown));
    }

    private Map<String, Object> refused(Entry entry) {
        return entry instanceof Entry.Bad bad ? refused(bad.line(), bad.violations()) : Map.of();
    }

    private Map<String, Object> refused(long line, String message) {
        return refused(line, List.of(new Violation("", message)));
    }

    private Map<String, Object> refused(long line, List<Violation> violations) {
        refused++;
        var error = new LinkedHashMap<String, Object>();
        error.put("field", violations.getFirst().field());
        error.put("message", violations.getFirst().message());
        if (violations.size() > 1) {
            error.put("others", violations.subList(1, violations.size()));
        }
        var result = new LinkedHashMap<String, Object>();
        result.put("line", line);
        result.put("error", error);
        return result;
    }

    private void write(Map<String, Object> line) throws IOException {
        results.write(Json.write(line));
        results.write('\n');
    }
}
