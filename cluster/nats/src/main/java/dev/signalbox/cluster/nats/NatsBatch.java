package dev.signalbox.cluster.nats;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.signalbox.router.TopicHistory;
import dev.signalbox.router.TopicHistory.Content;
import dev.signalbox.router.TopicHistory.Entry;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Entries of a topic that were appended in one step: one message of its subject.
 *
 * @param stamp tells it from every other one
 * @param previous the stamp of the one before it in the subject, whatever its epoch; {@link #NONE} if there was none
 * @param first the offset of the first entry; the topic's last offset is one below it if there are none
 */
record NatsBatch(UUID stamp, UUID previous, UUID epoch, long first, List<Entry> entries) {
    static final UUID NONE = new UUID(0, 0);
    private static final byte VERSION = 1;
    private static final int HEAD = 1 + 3 * 16 + Long.BYTES + Short.BYTES;

    NatsBatch {
        entries = List.copyOf(entries);
    }

    /** The offset of the last entry. */
    long last() {
        return first + entries.size() - 1;
    }

    static int bytes(Entry entry) {
        return 1 + entry.id().length() + Integer.BYTES + entry.content().bytes().length;
    }

    int bytes() {
        return HEAD + entries.stream().mapToInt(NatsBatch::bytes).sum();
    }

    /** The bytes of the entries' contents alone. */
    long contents() {
        return entries.stream().mapToLong(each -> each.content().bytes().length).sum();
    }

    byte[] encode() {
        ByteBuffer out = ByteBuffer.allocate(bytes()).put(VERSION);
        put(out, stamp);
        put(out, previous);
        put(out, epoch);
        out.putLong(first).putShort((short) entries.size());
        for (Entry entry : entries) {
            byte[] id = entry.id().getBytes(US_ASCII);
            out.put((byte) id.length).put(id);
            out.putInt(entry.content().bytes().length).put(entry.content().bytes());
        }
        return out.array();
    }

    private static void put(ByteBuffer out, UUID id) {
        out.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
    }

    /** Empty if it is none: somebody else has published to the subject, or a newer release that writes another version. */
    static Optional<NatsBatch> decode(byte[] bytes) {
        try {
            ByteBuffer in = ByteBuffer.wrap(bytes);
            return in.get() == VERSION ? Optional.of(decode(in)) : Optional.empty();
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static NatsBatch decode(ByteBuffer in) {
        UUID stamp = uuid(in);
        UUID previous = uuid(in);
        UUID epoch = uuid(in);
        long first = in.getLong();
        int count = in.getShort();
        if (first < 1 || count < 0 || count > TopicHistory.MAX_ENTRIES) {
            throw new IllegalArgumentException("no batch begins so");
        }
        List<Entry> entries = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            String id = new String(bytes(in, in.get()), US_ASCII);
            entries.add(new Entry(id, Content.of(bytes(in, in.getInt()))));
        }
        return new NatsBatch(stamp, previous, epoch, first, entries);
    }

    private static UUID uuid(ByteBuffer in) {
        return new UUID(in.getLong(), in.getLong());
    }

    private static byte[] bytes(ByteBuffer in, int length) {
        if (length < 0 || length > in.remaining()) {
            throw new IllegalArgumentException("longer than what is left");
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }
}
