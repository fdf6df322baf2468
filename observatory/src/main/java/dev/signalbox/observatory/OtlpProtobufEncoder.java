package dev.signalbox.observatory;

import java.util.List;
import java.util.Map;

/**
 * {@code ExportLogsServiceRequest} of opentelemetry-proto. Few fields and written only, so by hand: generated classes and
 * their runtime would be two megabytes.
 */
final class OtlpProtobufEncoder implements Encoder {
    @Override
    public void encode(List<LogRecord> records, Map<String, String> resource, Bytes out) {
        var message = new Protobuf(out);
        message.nested(1, () -> {
            message.nested(1, () -> resource.forEach((name, value) -> attribute(message, 1, name, value)));
            OtlpScopes.of(records).forEach(scope -> message.nested(2, () -> scope(message, scope)));
        });
    }

    private static void scope(Protobuf message, List<LogRecord> records) {
        message.nested(1, () -> message.text(1, records.getFirst().module()));
        records.forEach(record -> message.nested(2, () -> write(message, record)));
    }

    private static void write(Protobuf message, LogRecord record) {
        long time = OtlpScopes.nanos(record.time());
        message.fixed64(1, time);
        message.number(2, record.severity().otlpNumber());
        message.text(3, record.severity().name());
        message.nested(5, () -> message.text(1, record.message()));
        record.data().forEach((name, value) -> attribute(message, 6, name, value));
        if (!record.submodule().isEmpty()) {
            attribute(message, 6, "submodule", record.submodule());
        }
        record.inTrace().ifPresent(trace -> {
            message.fixed32(8, trace.flags());
            message.hex(9, trace.traceId());
            message.hex(10, trace.spanId());
        });
        message.fixed64(11, time);
    }

    private static void attribute(Protobuf message, int field, String name, Object value) {
        message.nested(field, () -> {
            message.text(1, name);
            message.nested(2, () -> value(message, value));
        });
    }

    /** {@code AnyValue}. */
    private static void value(Protobuf message, Object value) {
        switch (value) {
            case Boolean truth -> message.number(2, truth ? 1 : 0);
            case Long number -> message.number(3, number);
            case Double number -> message.fixed64(4, Double.doubleToRawLongBits(number));
            default -> message.text(1, value.toString());
        }
    }
}
