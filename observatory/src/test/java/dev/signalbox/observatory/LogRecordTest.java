package dev.signalbox.observatory;

import static dev.signalbox.observatory.Fixtures.quick;
import static dev.signalbox.observatory.Fixtures.to;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/** What a caller may hand over: nothing of it is an exception or a loss. */
@NullUnmarked
class LogRecordTest {
    private static final class Broken {
        @Override
        public String toString() {
            throw new IllegalStateException("no text");
        }
    }

    @Test
    void nullsAreTextsOrDefaults() {
        Map<String, Object> data = new HashMap<>();
        data.put(null, "a");
        data.put("b", null);
        var record = new LogRecord(null, null, null, null, null, data, null)
                .with("c", null)
                .with(null, null);
        assertThat(record.message()).isEqualTo("null");
        assertThat(record.severity()).isEqualTo(Severity.INFO);
        assertThat(record.time()).isNotNull();
        assertThat(record.module()).isEmpty();
        assertThat(record.data())
                .containsEntry("null", "null")
                .containsEntry("b", "null")
                .containsEntry("c", "null");
        assertThat(new LogRecord(null, null, "x", "", "", null, null).data()).isEmpty();
    }

    @Test
    void fieldsKeepTheirTypesAndTheirOrder() {
        var record = LogRecord.of(Severity.INFO, "x")
                .with("text", "a")
                .with("int", 1)
                .with("long", 2L)
                .with("float", 0.5f)
                .with("truth", true)
                .with("other", Duration.ofSeconds(3))
                .with("broken", new Broken());
        assertThat(record.data().keySet()).containsExactly("text", "int", "long", "float", "truth", "other", "broken");
        assertThat(record.data())
                .containsEntry("int", 1L)
                .containsEntry("long", 2L)
                .containsEntry("float", 0.5)
                .containsEntry("truth", true)
                .containsEntry("other", "PT3S");
        assertThat(record.data().get("broken").toString()).contains("Broken", "IllegalStateException");
    }

    @ParameterizedTest
    @EnumSource(WireFormat.class)
    void anEventWithNullsAndABrokenValueArrives(WireFormat format) throws InterruptedException {
        try (var sink = Fixtures.sink()) {
            var destination = Destination.of(sink.url(), Fixtures.TOKEN, format);
            try (var observatory = Observatory.start(quick(destination))) {
                var context = (LoggerContext) LoggerFactory.getILoggerFactory();
                var logback = new LoggerContext();
                logback.setMDCAdapter(context.getMDCAdapter());
                var appender = new ObservatoryAppender();
                appender.setContext(logback);
                appender.setObservatory(observatory);
                appender.start();
                var logger = logback.getLogger("shop");
                logger.addAppender(appender);
                logback.getMDCAdapter().put("nothing", null);
                logger.atInfo()
                        .addKeyValue(null, "a")
                        .addKeyValue("b", (Object) null)
                        .log("one");
                logger.atInfo()
                        .addKeyValue("broken", new Broken())
                        .addKeyValue("amount", 12)
                        .log("two");
                logger.info(null);
                logback.getMDCAdapter().remove("nothing");
                assertThat(observatory.flush(Duration.ofSeconds(30))).isTrue();
                assertThat(observatory.stats().droppedInAll()).isZero();
            }
            assertThat(Fixtures.messages(sink)).containsExactly("one", "two", "null");
            assertThat(sink.records().getFirst().data())
                    .containsEntry("null", "a")
                    .containsEntry("b", "null");
            assertThat(sink.records().get(1).data())
                    .containsEntry("amount", "12")
                    .containsKey("broken");
        }
    }

    @Test
    void typedFieldsComeBackFromTheSpool() throws Exception {
        try (var sink = Fixtures.sink()) {
            var record = LogRecord.of(Severity.INFO, "x")
                    .with("a", 1)
                    .with("b", 0.25)
                    .with("c", true)
                    .with("d", "t");
            var bytes = new Bytes();
            Frames.batch(bytes, Batch.of("id", java.util.List.of(record), 0), 0, "", java.time.Instant.EPOCH);
            var frames = bytes.buffer();
            frames.position(Frames.HEADER + frames.getInt(0) + Frames.HEADER);
            assertThat(Frames.read(frames)).isEqualTo(new Frames.Payload.Entry(record, 0, 1));
        }
    }

    @Test
    void aLongRecordIsShortenedIfWanted() throws InterruptedException {
        try (var sink = Fixtures.sink();
                var observatory = Observatory.start(quick(to(sink)).withLongestRecord(4_096))) {
            assertThat(observatory.log(LogRecord.of(Severity.INFO, "m".repeat(100_000))
                            .with("stack", "s".repeat(50_000))
                            .with("order", "4711")))
                    .isTrue();
            assertThat(observatory.flush(Duration.ofSeconds(30))).isTrue();
            var arrived = sink.records().getFirst();
            assertThat(arrived.message()).startsWith("mmm").hasSizeLessThan(4_096);
            assertThat(arrived.data()).containsEntry("order", "4711");
            long missing = Long.parseLong(arrived.data().get("truncated"));
            assertThat(arrived.message().length() + arrived.data().get("stack").length() + missing)
                    .isEqualTo(150_000);
            assertThat(observatory.stats().droppedInAll()).isZero();
        }
    }

    @Test
    void aCutIsNotInTheMiddleOfACharacter() {
        var shortened = new Truncation(1_024).apply(LogRecord.of(Severity.INFO, "☂\uD83D\uDE00".repeat(2_000)));
        assertThat(shortened.weight()).isLessThanOrEqualTo(1_024);
        assertThat(Json.wellFormed(shortened.message())).isEqualTo(shortened.message());
        var manyFields = LogRecord.of(Severity.INFO, "x");
        for (int i = 0; i < 50; i++) {
            manyFields = manyFields.with("field " + i, "short");
        }
        assertThat(new Truncation(1_024).apply(manyFields).message()).isEqualTo("x");
    }
}
