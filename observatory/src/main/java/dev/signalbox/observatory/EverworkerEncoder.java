package dev.signalbox.observatory;

import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonGenerator;

/** The format of Everworker's observatory. It has no field for the time and the trace, so they are among the data. */
final class EverworkerEncoder implements Encoder {
    @Override
    public void encode(List<LogRecord> records, Map<String, String> resource, Bytes out) {
        try (var json = Json.generator(out)) {
            json.writeStartObject();
            json.writeName("logs");
            json.writeStartArray();
            records.forEach(record -> write(json, record));
            json.writeEndArray();
            json.writeEndObject();
        }
    }

    private static void write(JsonGenerator json, LogRecord record) {
        json.writeStartObject();
        Json.field(json, "message", record.message());
        json.writeName("logLevel");
        json.writeNumber(record.severity().everworkerLevel());
        json.writeName("data");
        json.writeStartObject();
        Json.field(json, "time", record.time().toString());
        record.inTrace().ifPresent(trace -> {
            Json.field(json, "trace_id", trace.traceId());
            Json.field(json, "span_id", trace.spanId());
        });
        record.data().forEach((name, value) -> Json.any(json, name, value));
        json.writeEndObject();
        Json.field(json, "module", record.module());
        Json.field(json, "submodule", record.submodule());
        json.writeEndObject();
    }
}
