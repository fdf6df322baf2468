package dev.signalbox.observatory;

import static dev.signalbox.observatory.Fixtures.messages;
import static dev.signalbox.observatory.Fixtures.quick;
import static dev.signalbox.observatory.Fixtures.soon;
import static dev.signalbox.observatory.Fixtures.to;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.observatory.ObservatoryOptions.Spooling;
import dev.signalbox.testing.services.Effort;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SpoolFileTest {
    @TempDir
    Path folder;

    private Path spooled(int records) throws IOException {
        return spooled(records, Fixtures.nowhere());
    }

    /** A spool as a process leaves it whose destination is dead. */
    private Path spooled(int records, Destination destination) throws IOException {
        var options = quick(destination).withSpool(Spooling.in(folder));
        var observatory = Observatory.start(options);
        Fixtures.log(observatory, 0, records);
        observatory.close(Duration.ofSeconds(2));
        assertThat(observatory.stats().droppedInAll()).isZero();
        assertThat(observatory.stats().pending()).isEqualTo(records);
        return LogFiles.find(folder).getFirst();
    }

    private static List<String> read(Path file) {
        var found = new ArrayList<String>();
        LogFiles.read(file, batch -> batch.records().forEach(record -> found.add(record.message())));
        return found;
    }

    @Test
    void whatIsWrittenIsRead() throws IOException {
        assertThat(read(spooled(250))).isEqualTo(messages(0, 250));
    }

    @Test
    void onlyItsOwnerMayLookIntoIt() throws IOException {
        Path file = spooled(1);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.getParent())))
                .isEqualTo("rwx------");
    }

    @Test
    void theDefaultsTokenIsNotWrittenDown() throws IOException {
        assertThat(Files.readString(spooled(1), java.nio.charset.StandardCharsets.ISO_8859_1))
                .doesNotContain(Fixtures.TOKEN);
    }

    @Test
    void aTornTailAtAnyByteCostsItsRecordOnly() throws IOException {
        Path file = spooled(20);
        byte[] whole = Files.readAllBytes(file);
        for (int length = whole.length; length >= 0; length -= 7) {
            Files.write(file, java.util.Arrays.copyOf(whole, length));
            var found = read(file);
            assertThat(found).isEqualTo(messages(0, found.size()));
        }
    }

    @Test
    void aTornTailOfZerosToo() throws IOException {
        Path file = spooled(20);
        Files.write(file, new byte[4096], StandardOpenOption.APPEND);
        assertThat(read(file)).isEqualTo(messages(0, 20));
    }

    static LongStream seeds() {
        return Effort.seeds(1);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aChangedByteCostsOneRecordOrNoneButNeverInventsOne(long seed) throws IOException {
        Path file = spooled(40);
        byte[] whole = Files.readAllBytes(file);
        var random = new Random(seed);
        int body = whole.length / 2;
        for (int i = 0; i < 200; i++) {
            byte[] changed = whole.clone();
            changed[body + random.nextInt(whole.length - body)] ^= (byte) (1 + random.nextInt(255));
            Files.write(file, changed);
            assertThat(messages(0, 40)).as(Effort.replay(getClass(), seed)).containsAll(read(file));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 5, 60, 700})
    void theNextProcessShipsWhatIsGoodOfATornFile(int cut) throws Exception {
        Path file = spooled(30);
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(Math.max(0, Files.size(file) - cut));
        }
        int good = read(file).size();
        try (var sink = Fixtures.sink();
                var observatory = Observatory.start(quick(to(sink)).withSpool(Spooling.in(folder)))) {
            assertThat(observatory.stats().recovered()).isEqualTo(good);
            observatory.log(Severity.INFO, "new");
            assertThat(observatory.flush(Duration.ofSeconds(20))).isTrue();
            var expected = new ArrayList<>(messages(0, good));
            expected.add("new");
            assertThat(messages(sink)).isEqualTo(expected);
        }
    }

    @Test
    void whatWasShippedBeforeARestartIsNotShippedAgain() throws Exception {
        Path file = spooled(250);
        var ends = new ArrayList<Long>();
        LogFiles.read(file, batch -> ends.add(batch.end()));
        Segments.mark(file, ends.getFirst());
        int left = read(file).size();
        assertThat(left).isBetween(1, 249);
        try (var sink = Fixtures.sink();
                var observatory = Observatory.start(quick(to(sink)).withSpool(Spooling.in(folder)))) {
            soon().until(() -> sink.records().size() == left);
            assertThat(observatory.stats().recovered()).isEqualTo(left);
            assertThat(messages(sink)).isEqualTo(messages(250 - left, 250));
        }
    }

    @Test
    void manySmallSegmentsAreAsGoodAsOne() throws Exception {
        var small = new Spooling(folder, 64 << 20, 64 << 10, Duration.ofMillis(1), false);
        var dead = Observatory.start(quick(Fixtures.nowhere()).withSpool(small));
        for (int i = 0; i < 20; i++) {
            Fixtures.log(dead, i * 500, i * 500 + 500);
            soon().until(() -> dead.stats().failures() > 0 && dead.stats().pendingBytes() == 0);
        }
        dead.close(Duration.ofSeconds(2));
        assertThat(LogFiles.find(folder)).hasSizeGreaterThan(5);
        try (var sink = Fixtures.sink();
                var observatory = Observatory.start(quick(to(sink)).withSpool(small))) {
            assertThat(observatory.flush(Duration.ofSeconds(20))).isTrue();
            assertThat(messages(sink)).isEqualTo(messages(0, 10_000));
            assertThat(observatory.stats().spoolBytes()).isZero();
        }
        assertThat(LogFiles.find(folder)).isEmpty();
    }

    @Test
    void aSecondProcessIsTurnedAway() {
        var options = quick(Fixtures.nowhere()).withSpool(Spooling.in(folder));
        try (var first = Observatory.start(options)) {
            assertThatThrownBy(() -> Observatory.start(options))
                    .isInstanceOf(ObservatoryException.class)
                    .hasMessageContaining("another process");
            assertThat(first.stats().contexts()).isOne();
            first.close(Duration.ZERO);
        }
    }

    @Test
    void recordsOfAContextThatIsNotAllowedAnyMoreStay() throws Exception {
        var other = Fixtures.nowhere().withId("theirs");
        var options = quick(Fixtures.nowhere())
                .withAllowed(AllowList.of(List.of(other.url().toString())))
                .withSpool(Spooling.in(folder));
        var before = Observatory.start(options);
        before.log(ExecutionContext.to(other), LogRecord.of(Severity.INFO, "record 0"));
        before.close(Duration.ofSeconds(1));
        try (var sink = Fixtures.sink();
                var after = Observatory.start(quick(to(sink)).withSpool(Spooling.in(folder)))) {
            assertThat(after.stats().recovered()).isZero();
        }
        assertThat(read(LogFiles.find(folder).getFirst())).containsExactly("record 0");
    }

    @Test
    void aBoundOfTheSpoolIsKept() {
        var tiny = new Spooling(folder, 1 << 20, 64 << 10, Duration.ofMillis(1), false);
        var memory = new ObservatoryOptions.Memory(
                1 << 20, 1 << 20, 10, Duration.ofSeconds(9), WhenFull.DROP_NEWEST, Duration.ZERO);
        try (var observatory =
                Observatory.start(quick(Fixtures.nowhere()).withSpool(tiny).withMemory(memory))) {
            soon().until(() -> {
                Fixtures.log(observatory, 0, 1_000);
                return observatory.stats().dropped(DropReason.FULL) > 0
                        && observatory.stats().spoolBytes() > 600 << 10;
            });
            assertThat(observatory.stats().spoolBytes()).isLessThanOrEqualTo(1L << 20);
            observatory.close(Duration.ofMillis(100));
            var stats = observatory.stats();
            assertThat(stats.accepted()).isEqualTo(stats.pending() + stats.dropped(DropReason.CLOSED));
        }
    }

    @Test
    void aForeignFileIsNotTaken() throws IOException {
        Path file = folder.resolve("0000000000000001.log");
        Files.write(file, ByteBuffer.allocate(100).array());
        assertThatThrownBy(() -> read(file)).isInstanceOf(ObservatoryException.class);
    }
}
