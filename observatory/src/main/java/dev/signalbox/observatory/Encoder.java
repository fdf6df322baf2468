package dev.signalbox.observatory;

import java.util.List;
import java.util.Map;

/** A batch in the words of a wire format. Stateless. */
interface Encoder {
    /** Writes the records; {@code resource} is what the sender says of itself, if the format has room for it. */
    void encode(List<LogRecord> records, Map<String, String> resource, Bytes out);

    static Encoder of(WireFormat format) {
        return switch (format) {
            case EVERWORKER -> new EverworkerEncoder();
            case OTLP_JSON -> new OtlpJsonEncoder();
            case OTLP_PROTOBUF -> new OtlpProtobufEncoder();
        };
    }
}
