package dev.signalbox.observatory;

import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonGenerator;

/** {@code ExportLogsServiceRequest} in OTLP's JSON: lower camel case, ids in hexadecimal, 64-bit numbers as text. */
final class OtlpJsonEncoder implements Encoder {
    @Override
    public void encode(List<LogRecord> records, Map<String, String> resource, Bytes out) {
        try (var json = Json.generator(out)) {
            json.writeStartObject();
            array(json, "resourceLogs");
            json.writeName("resource");
            json.writeStartObject();
            attributes(json, resource, "");
            json.writeEndObject();
            json.writeName("scopeLogs");
            json.writeStartArray();
            OtlpScopes.of(records).forEach(scope -> scope(json, scope));
            json.writeEndArray();
            json.writeEndObject();
            json.writeEndArray();
            json.writeEndObject();
        }
    }

    private static void array(JsonGenerator json, String name) {
        json.writeName(name);
        json.writeStartArray();
        json.writeStartObject();
    }

    private static void scope(JsonGenerator json, List<LogRecord> records) {
        json.writeStartObject();
        json.writeName("scope");
        json.writeStartObject();
        Json.field(json, "name", records.getFirst().module());
        json.writeEndObject();
        json.writeName("logRecords");
        json.writeStartArray();
        records.forEach(record -> write(json, record));
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, LogRecord record) {
        json.writeStartObject();
        Json.field(json, "timeUnixNano", OtlpScopes.nanosText(record.time()));
        Json.field(json, "observedTimeUnixNano", OtlpScopes.nanosText(record.time()));
        json.writeName("severityNumber");
        json.writeNumber(record.severity().otlpNumber());
        Json.field(json, "severityText", record.severity().name());
        json.writeName("body");
        value(json, record.message());
        attributes(json, record.data(), record.submodule());
        record.inTrace().ifPresent(trace -> {
            json.writeName("flags");
            json.writeNumber(trace.flags());
            Json.field(json, "traceId", trace.traceId());
            Json.field(json, "spanId", trace.spanId());
        });
        json.writeEndObject();
    }

    private static void attributes(JsonGenerator json, Map<String, ?> fields, String submodule) {
        json.writeName("attributes");
        json.writeStartArray();
        fields.forEach((name, value) -> attribute(json, name, value));
        if (!submodule.isEmpty()) {
            attribute(json, "submodule", submodule);
        }
        json.writeEndArray();
    }

    private static void attribute(JsonGenerator json, String name, Object value) {
        json.writeStartObject();
        Json.field(json, "key", name);
        json.writeName("value");
        value(json, value);
        json.writeEndObject();
    }

    /** {@code AnyValue}; ProtoJSON writes 64-bit numbers, and doubles that are no numbers, as text. */
    private static void value(JsonGenerator json, Object value) {
        json.writeStartObject();
        switch (value) {
            case Boolean truth -> {
                json.writeName("boolValue");
                json.writeBoolean(truth);
            }
            case Long number -> Json.field(json, "intValue", number.toString());
            case Double number
            when Double.isFinite(number) -> {
                json.writeName("doubleValue");
                json.writeNumber(number);
            }
            case Double number -> Json.field(json, "doubleValue", number.toString());
            default -> Json.field(json, "stringValue", value.toString());
        }
        json.writeEndObject();
    }
}
