package dev.signalbox.delivery.sms;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.signalbox.delivery.queue.DeliveryReceipt.Status;
import java.io.ByteArrayOutputStream;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Delivery reports per recipient and incoming texts as Sinch's SMS API posts them, with {@code x-sinch-webhook-signature}. */
final class SinchCallbacks implements SmsCallbacks {
    private final String secret;
    private final InstantSource clock;

    SinchCallbacks(String secret, InstantSource clock) {
        this.secret = secret;
        this.clock = clock;
    }

    @Override
    public List<SmsEvent> read(SmsCallback request) {
        String timestamp = request.required("x-sinch-webhook-signature-timestamp");
        String nonce = request.required("x-sinch-webhook-signature-nonce");
        var signed = new ByteArrayOutputStream();
        signed.writeBytes(request.body());
        signed.writeBytes(("." + nonce + "." + timestamp).getBytes(UTF_8));
        Callbacks.requireBase64(
                Callbacks.mac("HmacSHA256", secret, signed.toByteArray()),
                request.required("x-sinch-webhook-signature"));
        Callbacks.requireRecent(timestamp, clock.instant());
        return event(Callbacks.json(request.body())).stream().toList();
    }

    private static Optional<SmsEvent> event(JsonNode body) {
        return switch (text(body, "type")) {
            case "recipient_delivery_report_sms" -> report(body);
            case "mo_text" ->
                Callbacks.number(text(body, "from")).map(from -> new SmsEvent.Text(from, text(body, "body")));
            default -> Optional.empty();
        };
    }

    private static Optional<SmsEvent> report(JsonNode body) {
        String word = text(body, "status");
        return status(word.toLowerCase(Locale.ROOT))
                .map(status -> new SmsEvent.Report(
                        text(body, "client_reference"),
                        text(body, "batch_id"),
                        status,
                        Optional.of((word + " " + text(body, "code")).strip())));
    }

    private static Optional<Status> status(String word) {
        return switch (word) {
            case "queued" -> Optional.of(Status.BUFFERED);
            case "dispatched" -> Optional.of(Status.SENT);
            case "delivered" -> Optional.of(Status.DELIVERED);
            case "aborted", "cancelled", "deleted", "expired", "failed", "rejected" -> Optional.of(Status.UNDELIVERED);
            default -> Optional.empty();
        };
    }

    private static String text(JsonNode body, String name) {
        return body.path(name).asString("");
    }
}
