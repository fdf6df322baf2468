package dev.signalbox.delivery.sms;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.signalbox.delivery.queue.DeliveryReceipt.Status;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Delivery receipts and incoming texts as Vonage's SMS API posts them, as a form or as JSON, signed in the field {@code sig}. */
final class VonageCallbacks implements SmsCallbacks {
    private static final String SIGNATURE = "sig";

    private final VonageSignature method;
    private final String secret;
    private final InstantSource clock;

    VonageCallbacks(VonageSignature method, String secret, InstantSource clock) {
        this.method = method;
        this.secret = secret;
        this.clock = clock;
    }

    @Override
    public List<SmsEvent> read(SmsCallback request) {
        boolean json = request.header("Content-Type").orElse("").contains("json");
        Map<String, String> fields =
                json ? Callbacks.members(request.body()) : Callbacks.form(new String(request.body(), UTF_8));
        String given = fields.getOrDefault(SIGNATURE, "").toLowerCase(Locale.ROOT);
        Callbacks.requireEqual(HexFormat.of().formatHex(signature(text(fields))), given);
        Callbacks.requireRecent(fields.getOrDefault("timestamp", ""), clock.instant());
        return event(fields).stream().toList();
    }

    private static String text(Map<String, String> fields) {
        return fields.entrySet().stream()
                .filter(field ->
                        !field.getKey().equals(SIGNATURE) && !field.getValue().isEmpty())
                .map(field -> "&" + field.getKey() + "=" + field.getValue().replaceAll("[&=]", "_"))
                .collect(Collectors.joining());
    }

    private byte[] signature(String text) {
        return method == VonageSignature.MD5HASH
                ? Callbacks.digest("MD5", (text + secret).getBytes(UTF_8))
                : Callbacks.mac(method.mac(), secret, text.getBytes(UTF_8));
    }

    private static Optional<SmsEvent> event(Map<String, String> fields) {
        String status = fields.getOrDefault("status", "");
        if (status.isEmpty()) {
            return Callbacks.number(fields.getOrDefault("msisdn", ""))
                    .map(from -> new SmsEvent.Text(from, fields.getOrDefault("text", "")));
        }
        return status(status)
                .map(known -> new SmsEvent.Report(
                        fields.getOrDefault("client-ref", ""),
                        fields.getOrDefault("messageId", ""),
                        known,
                        Optional.of((status + " " + fields.getOrDefault("err-code", "")).strip())));
    }

    /** Its "accepted" is the network's word. */
    private static Optional<Status> status(String word) {
        return switch (word) {
            case "buffered" -> Optional.of(Status.BUFFERED);
            case "accepted" -> Optional.of(Status.SENT);
            case "delivered" -> Optional.of(Status.DELIVERED);
            case "expired", "failed", "rejected", "deleted" -> Optional.of(Status.UNDELIVERED);
            default -> Optional.empty();
        };
    }
}
