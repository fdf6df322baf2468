package dev.signalbox.delivery.sms;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.signalbox.delivery.queue.DeliveryReceipt.Status;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * Events of Bird's Channels API, {@code sms.outbound} and {@code sms.inbound}, with {@code MessageBird-Signature}: over the time,
 * the URL as it stands in the subscription, and the SHA-256 of the body, in lines.
 */
final class BirdCallbacks implements SmsCallbacks {
    private final URI url;
    private final String key;
    private final InstantSource clock;

    BirdCallbacks(URI url, String key, InstantSource clock) {
        this.url = url;
        this.key = key;
        this.clock = clock;
    }

    @Override
    public List<SmsEvent> read(SmsCallback request) {
        String timestamp = request.required("MessageBird-Request-Timestamp");
        var signed = new ByteArrayOutputStream();
        signed.writeBytes((timestamp + "\n" + url + "\n").getBytes(UTF_8));
        signed.writeBytes(Callbacks.digest("SHA-256", request.body()));
        Callbacks.requireBase64(
                Callbacks.mac("HmacSHA256", key, signed.toByteArray()), request.required("MessageBird-Signature"));
        Callbacks.requireRecent(timestamp, clock.instant());
        return event(Callbacks.json(request.body())).stream().toList();
    }

    private static Optional<SmsEvent> event(JsonNode body) {
        JsonNode payload = body.path("payload");
        return switch (text(body, "event")) {
            case "sms.outbound" ->
                status(text(payload, "status"))
                        .map(status -> new SmsEvent.Report(
                                text(payload, "reference"),
                                text(payload, "id"),
                                status,
                                Optional.of((text(payload, "status") + " " + text(payload, "reason")).strip())));
            case "sms.inbound" ->
                Callbacks.number(text(payload.path("sender").path("contact"), "identifierValue"))
                        .map(from -> new SmsEvent.Text(
                                from, text(payload.path("body").path("text"), "text")));
            default -> Optional.empty();
        };
    }

    private static Optional<Status> status(String word) {
        return switch (word) {
            case "accepted", "scheduled", "processing" -> Optional.of(Status.BUFFERED);
            case "sent" -> Optional.of(Status.SENT);
            case "delivered" -> Optional.of(Status.DELIVERED);
            case "rejected", "sending_failed", "delivery_failed", "skipped", "deleted" ->
                Optional.of(Status.UNDELIVERED);
            default -> Optional.empty();
        };
    }

    private static String text(JsonNode body, String name) {
        return body.path(name).asString("");
    }
}
