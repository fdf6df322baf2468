package dev.signalbox.examples;

import dev.signalbox.observatory.AllowList;
import dev.signalbox.observatory.ContextHeaders;
import dev.signalbox.observatory.Destination;
import dev.signalbox.observatory.LogRecord;
import dev.signalbox.observatory.Observatory;
import dev.signalbox.observatory.ObservatoryOptions;
import dev.signalbox.observatory.ObservatoryOptions.DeadLetters;
import dev.signalbox.observatory.ObservatoryOptions.Spooling;
import dev.signalbox.observatory.Severity;
import dev.signalbox.observatory.WireFormat;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Logs that survive an outage, and that go where a request wants them, if that is allowed. */
public final class ObservatoryExample implements AutoCloseable {
    private final Observatory observatory;
    private final ContextHeaders headers;

    /** Ours go to {@code url}; a tenant may have those of its requests sent to {@code tenants}. */
    ObservatoryExample(URI url, String token, URI tenants, Path folder) {
        var allowed = AllowList.of(List.of(tenants.toString()));
        headers = new ContextHeaders(allowed, WireFormat.EVERWORKER, why -> System.err.println("ignored: " + why));
        observatory = Observatory.start(ObservatoryOptions.to(Destination.of(url, token, WireFormat.OTLP_PROTOBUF))
                .withAllowed(allowed)
                .withSpool(Spooling.in(folder.resolve("spool")))
                .withDeadLetters(DeadLetters.in(folder.resolve("dead-letters"))));
    }

    /** A filter does this for each request; there is one for servlets and one for gRPC. */
    void handle(Map<String, String> requestHeaders, String order) {
        headers.read(requestHeaders::get).run(() -> place(order));
    }

    private void place(String order) {
        observatory.log(
                LogRecord.of(Severity.INFO, "order placed").withModule("shop").with("order", order));
    }

    /** Ships what is left, or leaves it in the spool for the next run. */
    @Override
    public void close() {
        observatory.close();
    }

    public static void main(String[] args) {
        var sink = URI.create("http://127.0.0.1:3003");
        try (var example = new ObservatoryExample(sink, "mock-token", sink, Path.of("observatory-example"))) {
            example.handle(Map.of(), "4711");
        }
    }
}
