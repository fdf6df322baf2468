package dev.signalbox.observatory;

import static dev.signalbox.observatory.Fixtures.log;
import static dev.signalbox.observatory.Fixtures.messages;
import static dev.signalbox.observatory.Fixtures.quick;
import static dev.signalbox.observatory.Fixtures.soon;
import static dev.signalbox.observatory.Fixtures.to;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.testing.simulator.ObservatorySimulator;
import dev.signalbox.testing.simulator.ObservatorySimulatorRecord;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ObservatoryShippingTest {
    private static final Duration LONG = Duration.ofHours(1);

    private final ObservatorySimulator sink = Fixtures.sink();

    @AfterEach
    void close() {
        sink.close();
    }

    @ParameterizedTest
    @CsvSource({
        "EVERWORKER, false, 2",
        "OTLP_JSON, false, 13",
        "OTLP_PROTOBUF, false, 13",
        "EVERWORKER, true, 2",
        "OTLP_PROTOBUF, true, 13"
    })
    void aRecordArrivesInEachFormat(WireFormat format, boolean gzip, int level) throws InterruptedException {
        var options = quick(Destination.of(sink.url(), Fixtures.TOKEN, format))
                .withHttp(new ObservatoryOptions.Http(Duration.ofSeconds(1), Duration.ofSeconds(2), 4, gzip));
        var trace = Trace.parse("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
                .orElseThrow();
        try (var observatory = Observatory.start(options)) {
            observatory.log(LogRecord.of(Severity.WARN, "Zürich \"☂\" \ud800")
                    .withModule("weather")
                    .with("place", "lake")
                    .withTrace(trace));
            assertThat(observatory.flush(Duration.ofSeconds(10))).isTrue();
        }
        var record = sink.records().getFirst();
        assertThat(record.message()).isEqualTo("Zürich \"☂\" ?");
        assertThat(record.level()).isEqualTo(level);
        assertThat(record.module()).isEqualTo("weather");
        assertThat(record.data())
                .containsEntry("place", "lake")
                .containsEntry("trace_id", trace.traceId())
                .containsEntry("span_id", trace.spanId());
    }

    @Test
    void aFullBatchLeavesAtOnce() {
        var options = quick(to(sink)).withBatching(new ObservatoryOptions.Batching(10, 1 << 20, LONG));
        try (var observatory = Observatory.start(options)) {
            log(observatory, 0, 10);
            soon().until(() -> sink.stats().records() == 10);
        }
    }

    @Test
    void soDoesOneThatIsHeavy() {
        var options = quick(to(sink)).withBatching(new ObservatoryOptions.Batching(1_000, 4_096, LONG));
        try (var observatory = Observatory.start(options)) {
            observatory.log(Severity.INFO, "x".repeat(3_000));
            observatory.log(Severity.INFO, "y".repeat(3_000));
            soon().until(() -> sink.stats().records() == 2);
        }
    }

    @Test
    void aPartOfABatchLeavesAfterTheInterval() {
        var options =
                quick(to(sink)).withBatching(new ObservatoryOptions.Batching(1_000, 1 << 20, Duration.ofMillis(50)));
        try (var observatory = Observatory.start(options)) {
            log(observatory, 0, 3);
            soon().until(() -> sink.stats().records() == 3);
            assertThat(sink.stats().batches()).isLessThanOrEqualTo(3);
        }
    }

    @Test
    void closeShipsWhatIsLeft() {
        var options = quick(to(sink)).withBatching(new ObservatoryOptions.Batching(1_000, 1 << 20, LONG));
        var observatory = Observatory.start(options);
        log(observatory, 0, 42);
        observatory.close();
        assertThat(messages(sink)).isEqualTo(messages(0, 42));
        assertThat(observatory.log(Severity.INFO, "too late")).isFalse();
        assertThat(observatory.stats().dropped(DropReason.CLOSED)).isOne();
        assertThat(observatory.stats().pendingBytes()).isZero();
    }

    @Test
    void orderIsKeptOverManyBatches() throws InterruptedException {
        try (var observatory = Observatory.start(quick(to(sink)))) {
            log(observatory, 0, 5_000);
            assertThat(observatory.flush(Duration.ofSeconds(10))).isTrue();
        }
        assertThat(messages(sink)).isEqualTo(messages(0, 5_000));
    }

    @Test
    void aContextHasItsOwnDestination() throws Exception {
        try (var other = Fixtures.sink()) {
            var options = quick(to(sink))
                    .withAllowed(AllowList.of(java.util.List.of(other.url().toString())));
            try (var observatory = Observatory.start(options)) {
                ExecutionContext.to(to(other)).run(() -> observatory.log(Severity.INFO, "theirs"));
                observatory.log(Severity.INFO, "ours");
                observatory.flush(Duration.ofSeconds(10));
            }
            assertThat(messages(other)).containsExactly("theirs");
            assertThat(messages(sink)).containsExactly("ours");
        }
    }

    @Test
    void whatACodeContextNamesMustBeAllowedToo() throws Exception {
        try (var other = Fixtures.sink();
                var observatory = Observatory.start(quick(to(sink)))) {
            observatory.log(ExecutionContext.to(to(other)), LogRecord.of(Severity.INFO, "to nobody knows whom"));
            observatory.flush(Duration.ofSeconds(10));
            assertThat(other.stats().requests()).isZero();
            assertThat(messages(sink)).containsExactly("to nobody knows whom");
        }
    }

    @Test
    void withoutAnyDestinationARecordIsCounted() {
        try (var observatory = Observatory.start(ObservatoryOptions.defaults())) {
            assertThat(observatory.log(Severity.INFO, "hello?")).isFalse();
            assertThat(observatory.stats().dropped(DropReason.NO_DESTINATION)).isOne();
        }
    }

    @Test
    void whatIsTooLargeIsToldToTheDestination() {
        var options = quick(to(sink));
        try (var observatory = Observatory.start(options)) {
            assertThat(observatory.log(Severity.INFO, "x".repeat(70 << 10))).isFalse();
            soon().until(() -> !sink.records().isEmpty());
            assertThat(sink.records().getFirst())
                    .extracting(ObservatorySimulatorRecord::message)
                    .isEqualTo("1 records dropped");
            assertThat(observatory.stats().dropped(DropReason.TOO_LARGE)).isOne();
        }
    }

    @ParameterizedTest
    @EnumSource(WireFormat.class)
    void theTokenIsSentAndChecked(WireFormat format) {
        try (var observatory = Observatory.start(quick(Destination.of(sink.url(), "wrong", format)))) {
            log(observatory, 0, 3);
            soon().until(() -> sink.stats().unauthorized() > 1);
            assertThat(observatory.stats().unauthorized()).isOne();
            assertThat(observatory.stats().pending()).isEqualTo(3);
            observatory.close(Duration.ZERO);
        }
    }
}
