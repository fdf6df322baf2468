package dev.signalbox.testing.simulator;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** What the sink does with a batch, and what it remembers. Thread-safe. */
final class ObservatorySimulatorSink {
    private static final Map<String, String> ROUTES =
            Map.of("/api/v1/observatory/logs", "everworker", "/v1/logs", "otlp");

    private final ObservatorySimulatorOptions options;
    private final Supplier<ObservatorySimulatorBehaviour> behaviour;
    private final Set<String> keys = ConcurrentHashMap.newKeySet();
    private final List<ObservatorySimulatorRecord> taken = new ArrayList<>();
    private long requests;
    private long batches;
    private long records;
    private long repeated;
    private long unauthorized;
    private long refused;
    private long failed;

    ObservatorySimulatorSink(ObservatorySimulatorOptions options, Supplier<ObservatorySimulatorBehaviour> behaviour) {
        this.options = options;
        this.behaviour = behaviour;
    }

    /** A request's headers, as far as they matter here. */
    record Head(
            String path,
            @Nullable String authorization,
            @Nullable String key,
            @Nullable String contentType,
            @Nullable String encoding) {}

    /** The route may lie below any path, since a destination's URL may have one. */
    static boolean isRoute(String path) {
        return route(path) != null;
    }

    private static @Nullable String route(String path) {
        return ROUTES.entrySet().stream()
                .filter(route -> path.endsWith(route.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(null);
    }

    synchronized Reply take(Head head, byte[] body) {
        requests++;
        var now = behaviour.get();
        switch (now.fault()) {
            case ANSWER -> {
                failed++;
                var wish =
                        now.retryAfterSeconds() == 0 ? OptionalLong.empty() : OptionalLong.of(now.retryAfterSeconds());
                return new Reply.Answer(now.status(), "{\"error\":\"simulated\"}", wish);
            }
            case CUT -> {
                failed++;
                return new Reply.Cut();
            }
            case HANG -> {
                failed++;
                return new Reply.Hang();
            }
            case NONE, CUT_AFTER -> {}
        }
        var reply = accept(head, body, now);
        return now.fault() == ObservatorySimulatorBehaviour.Fault.CUT_AFTER ? new Reply.Cut() : reply;
    }

    private Reply accept(Head head, byte[] body, ObservatorySimulatorBehaviour now) {
        if (!("Bearer " + options.token()).equals(head.authorization())) {
            unauthorized++;
            return Reply.Answer.error(401, "wrong token");
        }
        if (now.longest() > 0 && body.length > now.longest()) {
            refused++;
            return Reply.Answer.error(413, "too long");
        }
        List<ObservatorySimulatorRecord> batch;
        try {
            batch = decode(head, body);
        } catch (RuntimeException | IOException e) {
            refused++;
            return Reply.Answer.error(400, "unreadable");
        }
        if (!now.poison().isEmpty()
                && batch.stream().anyMatch(one -> one.message().contains(now.poison()))) {
            refused++;
            return Reply.Answer.error(400, "poison");
        }
        keep(head.key(), batch);
        return Reply.Answer.ok("{}");
    }

    private void keep(@Nullable String key, List<ObservatorySimulatorRecord> batch) {
        if (options.dedupe() && key != null && keys.size() < options.limit() && !keys.add(key)) {
            repeated++;
            return;
        }
        batches++;
        records += batch.size();
        for (var record : batch) {
            if (taken.size() < options.limit()) {
                taken.add(record);
            }
        }
    }

    private static List<ObservatorySimulatorRecord> decode(Head head, byte[] body) throws IOException {
        byte[] plain = "gzip".equals(head.encoding()) ? unzipped(body) : body;
        if ("everworker".equals(route(head.path()))) {
            return ObservatorySimulatorDecoder.everworker(plain);
        }
        boolean protobuf = String.valueOf(head.contentType()).startsWith("application/x-protobuf");
        return protobuf ? ObservatorySimulatorDecoder.otlpProtobuf(plain) : ObservatorySimulatorDecoder.otlpJson(plain);
    }

    private static byte[] unzipped(byte[] body) throws IOException {
        try (var in = new GZIPInputStream(new ByteArrayInputStream(body))) {
            return in.readAllBytes();
        }
    }

    synchronized ObservatorySimulatorStats stats() {
        return new ObservatorySimulatorStats(requests, batches, records, repeated, unauthorized, refused, failed);
    }

    synchronized List<ObservatorySimulatorRecord> records() {
        return List.copyOf(taken);
    }

    synchronized void reset() {
        keys.clear();
        taken.clear();
        requests = 0;
        batches = 0;
        records = 0;
        repeated = 0;
        unauthorized = 0;
        refused = 0;
        failed = 0;
    }
}
