package dev.signalbox.benchmarks;

import io.opentelemetry.api.logs.Logger;
import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.exporter.otlp.http.logs.OtlpHttpLogRecordExporter;
import io.opentelemetry.sdk.logs.SdkLoggerProvider;
import io.opentelemetry.sdk.logs.export.BatchLogRecordProcessor;

/** OpenTelemetry's SDK with its batch processor and its exporter over HTTP, as they come. */
final class ObservatoryOpenTelemetry implements ObservatorySystem {
    private final SdkLoggerProvider provider;
    private final Logger logger;

    private ObservatoryOpenTelemetry(SdkLoggerProvider provider) {
        this.provider = provider;
        this.logger = provider.get("bench");
    }

    static ObservatoryOpenTelemetry open(ObservatorySinkProcess sink) {
        var exporter = OtlpHttpLogRecordExporter.builder()
                .setEndpoint(sink.uri() + "/v1/logs")
                .build();
        return new ObservatoryOpenTelemetry(SdkLoggerProvider.builder()
                .addLogRecordProcessor(BatchLogRecordProcessor.builder(exporter).build())
                .build());
    }

    @Override
    public void log(String message) {
        logger.logRecordBuilder().setSeverity(Severity.INFO).setBody(message).emit();
    }

    @Override
    public void close() {
        provider.close();
    }
}
