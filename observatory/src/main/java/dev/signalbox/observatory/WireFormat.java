package dev.signalbox.observatory;

/** What a batch looks like on the wire, and where below the destination's URL it goes. */
public enum WireFormat {
    /** JSON {@code {"logs":[{message, logLevel, data, module, submodule}]}} to {@code /api/v1/observatory/logs}. */
    EVERWORKER("/api/v1/observatory/logs", "application/json"),
    /** OpenTelemetry's protocol over HTTP in protobuf, to {@code /v1/logs}. */
    OTLP_PROTOBUF("/v1/logs", "application/x-protobuf"),
    /** OpenTelemetry's protocol over HTTP in JSON, to {@code /v1/logs}. */
    OTLP_JSON("/v1/logs", "application/json");

    private final String path;
    private final String contentType;

    WireFormat(String path, String contentType) {
        this.path = path;
        this.contentType = contentType;
    }

    String path() {
        return path;
    }

    String contentType() {
        return contentType;
    }
}
