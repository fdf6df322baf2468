package dev.signalbox.testing.simulator;

import dev.signalbox.testing.simulator.Behaviour.Fault;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What the simulated receiver has taken, and how it answers. Thread-safe. */
final class WebhookSimulatorInbox {
    /** What a request came with. */
    record Head(
            String path,
            @Nullable String id,
            @Nullable String timestamp,
            @Nullable String signature,
            @Nullable String contentType) {}

    private final List<WebhookSimulatorKey> keys;
    private final int limit;
    private final Supplier<Behaviour> behaviour;
    private final LinkedHashMap<String, WebhookSimulatorMessage> taken = new LinkedHashMap<>();
    private long requests;
    private long accepted;
    private long duplicates;
    private long unsigned;
    private long gone;
    private long failed;
    private long unanswered;

    WebhookSimulatorInbox(WebhookSimulatorOptions options, Supplier<Behaviour> behaviour) {
        this.keys = options.keys().stream().map(WebhookSimulatorKey::new).toList();
        this.limit = options.limit();
        this.behaviour = behaviour;
    }

    /** What the next request meets. */
    synchronized Draw draw() {
        return new Draw(behaviour.get(), ++requests);
    }

    /** Takes a request, after its latency. */
    synchronized Reply take(Draw draw, Head head, byte[] body) {
        Optional<Fault> fault = draw.fault();
        if (draw.behaviour().refused().contains(head.path())) {
            gone++;
            return Reply.Answer.error(410, "no webhooks are wanted here any more");
        }
        if (head.id() == null || head.timestamp() == null || head.signature() == null) {
            unsigned++;
            return Reply.Answer.error(400, "a header of Standard Webhooks is missing");
        }
        if (!isSigned(head.id(), head.timestamp(), head.signature(), body)) {
            unsigned++;
            return Reply.Answer.error(401, "no signature holds");
        }
        if (fault.isPresent() && (fault.get() == Fault.SERVER_ERROR || fault.get() == Fault.TOO_MANY)) {
            return fail(fault.get(), draw.behaviour());
        }
        remember(new WebhookSimulatorMessage(
                head.id(),
                head.timestamp(),
                head.path(),
                head.contentType() == null ? "" : head.contentType(),
                new String(body, StandardCharsets.UTF_8),
                Instant.now()));
        return fault.map(this::spoil).orElseGet(() -> new Reply.Answer(204, "", OptionalLong.empty()));
    }

    private boolean isSigned(String id, String timestamp, String signature, byte[] body) {
        return keys.isEmpty() || keys.stream().anyMatch(key -> key.hasSigned(id, timestamp, body, signature));
    }

    private Reply fail(Fault fault, Behaviour behaviour) {
        failed++;
        boolean tooMany = fault == Fault.TOO_MANY;
        OptionalLong wait = tooMany ? OptionalLong.of(behaviour.retryAfter().toSeconds()) : OptionalLong.empty();
        return new Reply.Answer(tooMany ? 429 : 500, "{\"error\":\"simulated " + fault + "\"}", wait);
    }

    private void remember(WebhookSimulatorMessage message) {
        if (taken.putIfAbsent(message.id(), message) != null) {
            duplicates++;
            return;
        }
        accepted++;
        if (taken.size() > limit) {
            taken.pollFirstEntry();
        }
    }

    private Reply spoil(Fault fault) {
        if (fault == Fault.RUBBISH) {
            return Reply.Answer.ok("<html>no JSON, but 200");
        }
        unanswered++;
        return fault == Fault.HANG ? new Reply.Hang() : new Reply.Cut();
    }

    /** The newest first. */
    synchronized List<WebhookSimulatorMessage> newest(int count) {
        return taken.sequencedValues().reversed().stream().limit(count).toList();
    }

    synchronized WebhookSimulatorStats stats() {
        return new WebhookSimulatorStats(requests, accepted, duplicates, unsigned, gone, failed, unanswered);
    }

    synchronized void reset() {
        taken.clear();
        requests = 0;
        accepted = 0;
        duplicates = 0;
        unsigned = 0;
        gone = 0;
        failed = 0;
        unanswered = 0;
    }
}
