package dev.signalbox.cluster.nats;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.router.TopicHistory;
import dev.signalbox.router.TopicHistory.Content;
import dev.signalbox.router.TopicHistory.Entry;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Entries of a topic as the bytes of one message in JetStream, and what is made of bytes that somebody else put there. */
class NatsBatchTest {
    private static final UUID STAMP = UUID.fromString("00010203-0405-0607-0809-0a0b0c0d0e0f");
    private static final UUID PREVIOUS = UUID.fromString("10111213-1415-1617-1819-1a1b1c1d1e1f");
    private static final UUID EPOCH = UUID.fromString("f0f1f2f3-f4f5-f6f7-f8f9-fafbfcfdfeff");
    /** The version, three ids, the offset, and the number of entries. */
    private static final int HEAD = 1 + 3 * 16 + 8 + 2;

    private static final int OFFSET_AT = 1 + 3 * 16;
    private static final int COUNT_AT = OFFSET_AT + 8;

    private static Entry entry(String id, int... content) {
        byte[] bytes = new byte[content.length];
        for (int i = 0; i < content.length; i++) {
            bytes[i] = (byte) content[i];
        }
        return new Entry(id, Content.of(bytes));
    }

    private static NatsBatch batch(Entry... entries) {
        return new NatsBatch(STAMP, PREVIOUS, EPOCH, 0x0102030405060708L, List.of(entries));
    }

    /** Contents have no value of their own. */
    private static void assertSame(NatsBatch read, NatsBatch written) {
        assertThat(read.stamp()).isEqualTo(written.stamp());
        assertThat(read.previous()).isEqualTo(written.previous());
        assertThat(read.epoch()).isEqualTo(written.epoch());
        assertThat(read.first()).isEqualTo(written.first());
        assertThat(read.entries())
                .extracting(Entry::id)
                .isEqualTo(written.entries().stream().map(Entry::id).toList());
        assertThat(read.entries()).hasSameSizeAs(written.entries());
        for (int i = 0; i < read.entries().size(); i++) {
            assertThat(read.entries().get(i).content().bytes())
                    .isEqualTo(written.entries().get(i).content().bytes());
        }
    }

    /** What releases before this one have stored has to be read for as long as a stream keeps it. */
    @Example
    void theBytesAreTheseAndNoOthers() {
        String head = "01" // the version
                + "000102030405060708090a0b0c0d0e0f"
                + "101112131415161718191a1b1c1d1e1f"
                + "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"
                + "0102030405060708" // the first offset
                + "0002"; // entries
        String first = "02" + "6132" + "00000003" + "ff0001";
        String second = "01" + "62" + "00000000";

        byte[] bytes = batch(entry("a2", 0xFF, 0, 1), entry("b")).encode();

        assertThat(HexFormat.of().formatHex(bytes)).isEqualTo(head + first + second);
    }

    @Provide
    Arbitrary<NatsBatch> batches() {
        Arbitrary<UUID> ids =
                Combinators.combine(Arbitraries.longs(), Arbitraries.longs()).as(UUID::new);
        Arbitrary<String> names = Arbitraries.strings()
                .alpha()
                .numeric()
                .withChars("-_")
                .ofMinLength(1)
                .ofMaxLength(64);
        Arbitrary<byte[]> contents = Arbitraries.bytes().array(byte[].class).ofMaxSize(60);
        Arbitrary<List<Entry>> entries = Combinators.combine(names, contents)
                .as((id, bytes) -> new Entry(id, Content.of(bytes)))
                .list()
                .ofMaxSize(8);
        return Combinators.combine(ids, ids, ids, Arbitraries.longs().between(1, Long.MAX_VALUE), entries)
                .as(NatsBatch::new);
    }

    @Property
    void whatIsWrittenIsReadAndTakesAsMuchAsItSays(@ForAll("batches") NatsBatch batch) {
        byte[] bytes = batch.encode();

        assertThat(bytes).hasSize(batch.bytes());
        assertSame(NatsBatch.decode(bytes).orElseThrow(), batch);
        long contents = batch.entries().stream()
                .mapToLong(each -> each.content().bytes().length)
                .sum();
        assertThat(batch.contents()).isEqualTo(contents);
        assertThat(batch.entries().stream().mapToInt(NatsBatch::bytes).sum()).isEqualTo(bytes.length - HEAD);
    }

    /** A message that was cut off anywhere is none of ours: nothing of it is taken for the topic's history. */
    @Property
    void whatIsCutOffIsNone(@ForAll("batches") NatsBatch batch) {
        byte[] bytes = batch.encode();
        for (int length = 0; length < bytes.length; length++) {
            assertThat(NatsBatch.decode(Arrays.copyOf(bytes, length)))
                    .as("the first %s bytes", length)
                    .isEmpty();
        }
    }

    /** Nothing is thrown, whatever a stranger puts there: the reader would fail for as long as the stream keeps it. */
    @Property
    void rubbishIsNoneOrABatch(@ForAll byte[] rubbish, @ForAll("batches") NatsBatch batch, @ForAll int where) {
        assertWithinBounds(rubbish);
        byte[] versioned = ByteBuffer.allocate(1 + rubbish.length)
                .put((byte) 1)
                .put(rubbish)
                .array();
        assertWithinBounds(versioned);
        byte[] changed = batch.encode();
        changed[Math.floorMod(where, changed.length)] ^= (byte) 0x81;
        assertWithinBounds(changed);
    }

    private static void assertWithinBounds(byte[] bytes) {
        NatsBatch.decode(bytes).ifPresent(read -> {
            assertThat(read.first()).isPositive();
            assertThat(read.entries()).hasSizeLessThanOrEqualTo(TopicHistory.MAX_ENTRIES);
            assertThat(read.bytes()).isLessThanOrEqualTo(bytes.length);
        });
    }

    private static byte[] with(int at, int... values) {
        byte[] bytes = batch(entry("a", 1)).encode();
        for (int i = 0; i < values.length; i++) {
            bytes[at + i] = (byte) values[i];
        }
        return bytes;
    }

    @Example
    void anotherVersionIsNone() {
        assertThat(NatsBatch.decode(with(0, 1))).isPresent();
        assertThat(NatsBatch.decode(with(0, 0))).isEmpty();
        assertThat(NatsBatch.decode(with(0, 2))).isEmpty();
    }

    @Example
    void anOffsetBelowOneIsNone() {
        assertThat(NatsBatch.decode(with(OFFSET_AT, 0, 0, 0, 0, 0, 0, 0, 1))).isPresent();
        assertThat(NatsBatch.decode(with(OFFSET_AT, 0, 0, 0, 0, 0, 0, 0, 0))).isEmpty();
        assertThat(NatsBatch.decode(with(OFFSET_AT, 0x80, 0, 0, 0, 0, 0, 0, 1))).isEmpty();
    }

    @Example
    void aNumberOfEntriesThatNoAppendHasIsNone() {
        Entry[] most = Collections.nCopies(TopicHistory.MAX_ENTRIES, entry("a")).toArray(Entry[]::new);
        Entry[] more =
                Collections.nCopies(TopicHistory.MAX_ENTRIES + 1, entry("a")).toArray(Entry[]::new);

        assertThat(NatsBatch.decode(batch(most).encode()).orElseThrow().entries())
                .hasSize(TopicHistory.MAX_ENTRIES);
        assertThat(NatsBatch.decode(batch(more).encode())).isEmpty();
        assertThat(NatsBatch.decode(with(COUNT_AT, 0xFF, 0xFF))).isEmpty();
        assertThat(NatsBatch.decode(with(COUNT_AT, 0, 2))).isEmpty();
    }

    @Example
    void aLengthThatIsNegativeOrBeyondTheEndIsNone() {
        assertThat(NatsBatch.decode(with(HEAD, 0xFF))).isEmpty();
        assertThat(NatsBatch.decode(with(HEAD, 100))).isEmpty();
        assertThat(NatsBatch.decode(with(HEAD + 2, 0x80, 0, 0, 1))).isEmpty();
        assertThat(NatsBatch.decode(with(HEAD + 2, 0x7F, 0xFF, 0xFF, 0xFF))).isEmpty();
        assertThat(NatsBatch.decode(with(HEAD + 2, 0, 0, 0, 2))).isEmpty();
    }

    @Example
    void anIdThatNoEntryMayHaveIsNone() {
        assertThat(NatsBatch.decode(with(HEAD + 1, ' '))).isEmpty();
        assertThat(NatsBatch.decode(with(HEAD + 1, 0xE4))).isEmpty();
        assertThat(NatsBatch.decode(with(HEAD, 0))).isEmpty();
    }

    @Example
    void textAndNothingAreNone() {
        assertThat(NatsBatch.decode(new byte[0])).isEmpty();
        assertThat(NatsBatch.decode("\u0001 is what a batch begins with, too".getBytes(US_ASCII)))
                .isEmpty();
    }

    /** A batch may have no entries: then it only begins an epoch. */
    @Example
    void theLastOffsetIsThatOfTheLastEntry() {
        NatsBatch empty = new NatsBatch(STAMP, NatsBatch.NONE, EPOCH, 8, List.of());
        NatsBatch two = new NatsBatch(STAMP, NatsBatch.NONE, EPOCH, 8, List.of(entry("a"), entry("b")));

        assertThat(empty.last()).isEqualTo(7);
        assertThat(two.last()).isEqualTo(9);
        assertThat(empty.encode()).hasSize(HEAD);
        assertSame(NatsBatch.decode(empty.encode()).orElseThrow(), empty);
    }
}
