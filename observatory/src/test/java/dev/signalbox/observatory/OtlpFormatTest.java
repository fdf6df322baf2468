package dev.signalbox.observatory;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.logs.v1.SeverityNumber;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** OTLP's bytes, read by the code that OpenTelemetry generates from its own definition. */
class OtlpFormatTest {
    private static final Trace TRACE = new Trace("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", 1);

    @Test
    void openTelemetrysOwnParserReadsIt() throws Exception {
        var time = Instant.parse("2026-11-21T05:00:00.123456789Z");
        var record = new LogRecord(time, Severity.ERROR, "it broke ☂", "app.Main", "part", Map.of("k", "v"), TRACE);
        var request = parsed(List.of(record), Map.of("service.name", "shop"));
        var resource = request.getResourceLogs(0);
        assertThat(resource.getResource().getAttributes(0).getKey()).isEqualTo("service.name");
        var scope = resource.getScopeLogs(0);
        assertThat(scope.getScope().getName()).isEqualTo("app.Main");
        var log = scope.getLogRecords(0);
        assertThat(log.getBody().getStringValue()).isEqualTo("it broke ☂");
        assertThat(log.getSeverityNumber()).isEqualTo(SeverityNumber.SEVERITY_NUMBER_ERROR);
        assertThat(log.getSeverityText()).isEqualTo("ERROR");
        assertThat(log.getTimeUnixNano()).isEqualTo(1_795_237_200_123_456_789L);
        assertThat(log.getAttributesList()).extracting(KeyValue::getKey).containsExactlyInAnyOrder("k", "submodule");
        assertThat(HexFormat.of().formatHex(log.getTraceId().toByteArray())).isEqualTo(TRACE.traceId());
        assertThat(HexFormat.of().formatHex(log.getSpanId().toByteArray())).isEqualTo(TRACE.spanId());
        assertThat(log.getFlags()).isOne();
        assertThat(request.getUnknownFields().asMap()).isEmpty();
    }

    @Test
    void lengthsOfEverySizeAreRight() throws Exception {
        var random = new Random(7);
        var records = new ArrayList<LogRecord>();
        for (int length : new int[] {0, 1, 100, 127, 128, 129, 16_383, 16_384, 70_000, 2_100_000}) {
            records.add(LogRecord.of(Severity.INFO, "x".repeat(length))
                    .withModule("m" + random.nextInt(2))
                    .with("k".repeat(Math.min(length, 300)), "v".repeat(length / 2)));
        }
        var parsed = parsed(records, Map.of());
        var messages = parsed.getResourceLogs(0).getScopeLogsList().stream()
                .flatMap(scope -> scope.getLogRecordsList().stream())
                .map(log -> log.getBody().getStringValue())
                .toList();
        assertThat(messages).isEqualTo(records.stream().map(LogRecord::message).toList());
    }

    @Test
    void typesOfFieldsAreKept() throws Exception {
        var record = LogRecord.of(Severity.INFO, "x")
                .with("text", "a")
                .with("number", -7)
                .with("fraction", 0.25)
                .with("truth", true);
        var log = parsed(List.of(record), Map.of())
                .getResourceLogs(0)
                .getScopeLogs(0)
                .getLogRecords(0);
        var values = log.getAttributesList().stream().map(KeyValue::getValue).toList();
        assertThat(values.get(0).getStringValue()).isEqualTo("a");
        assertThat(values.get(1).getIntValue()).isEqualTo(-7);
        assertThat(values.get(2).getDoubleValue()).isEqualTo(0.25);
        assertThat(values.get(3).getBoolValue()).isTrue();
    }

    @Test
    void inJsonToo() {
        var record = LogRecord.of(Severity.INFO, "x")
                .with("number", -7)
                .with("fraction", 0.25)
                .with("none", Double.NaN)
                .with("truth", true);
        assertThat(json(WireFormat.OTLP_JSON, record))
                .contains("{\"key\":\"number\",\"value\":{\"intValue\":\"-7\"}}")
                .contains("{\"key\":\"fraction\",\"value\":{\"doubleValue\":0.25}}")
                .contains("{\"key\":\"none\",\"value\":{\"doubleValue\":\"NaN\"}}")
                .contains("{\"key\":\"truth\",\"value\":{\"boolValue\":true}}");
        assertThat(json(WireFormat.EVERWORKER, record))
                .contains("\"number\":-7,\"fraction\":0.25,\"none\":\"NaN\",\"truth\":true");
    }

    private static String json(WireFormat format, LogRecord record) {
        var bytes = new Bytes();
        Encoder.of(format).encode(List.of(record), Map.of(), bytes);
        return new String(bytes.copy(), java.nio.charset.StandardCharsets.UTF_8);
    }

    private static ExportLogsServiceRequest parsed(List<LogRecord> records, Map<String, String> resource)
            throws Exception {
        var bytes = new Bytes();
        Encoder.of(WireFormat.OTLP_PROTOBUF).encode(records, resource, bytes);
        return ExportLogsServiceRequest.parseFrom(bytes.copy());
    }
}
