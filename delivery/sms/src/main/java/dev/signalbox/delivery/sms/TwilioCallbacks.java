package dev.signalbox.delivery.sms;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.signalbox.delivery.queue.DeliveryReceipt.Status;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Status callbacks and incoming texts as Twilio posts them: a form, with {@code X-Twilio-Signature}. The message's key stands in
 * the URL that Twilio was given ({@link TwilioProvider#KEY}), because Twilio keeps no reference of ours.
 */
final class TwilioCallbacks implements SmsCallbacks {
    private final String url;
    private final String token;

    TwilioCallbacks(URI url, String token) {
        this.url = url.toString();
        this.token = token;
    }

    @Override
    public List<SmsEvent> read(SmsCallback request) {
        Map<String, String> form = Callbacks.form(new String(request.body(), UTF_8));
        Callbacks.requireBase64(
                Callbacks.mac("HmacSHA1", token, signed(request.query(), form).getBytes(UTF_8)),
                request.required("X-Twilio-Signature"));
        return event(request, form).stream().toList();
    }

    /** The URL that was called, as Twilio sees it, and each field of the form, name before value. */
    private String signed(String query, Map<String, String> form) {
        int end = url.indexOf('?');
        StringBuilder text = new StringBuilder(end < 0 ? url : url.substring(0, end));
        if (!query.isEmpty()) {
            text.append('?').append(query);
        }
        form.forEach((name, value) -> text.append(name).append(value));
        return text.toString();
    }

    private static Optional<SmsEvent> event(SmsCallback request, Map<String, String> form) {
        String status = form.getOrDefault("MessageStatus", "");
        String sid = form.getOrDefault("MessageSid", "");
        if (status.isEmpty()) {
            return Callbacks.number(form.getOrDefault("From", ""))
                    .map(from -> new SmsEvent.Text(from, form.getOrDefault("Body", "")));
        }
        String key = Callbacks.form(request.query()).getOrDefault(TwilioProvider.KEY, "");
        return status(status).map(known -> new SmsEvent.Report(key, sid, known, code(form, status)));
    }

    private static Optional<String> code(Map<String, String> form, String status) {
        String error = form.getOrDefault("ErrorCode", "");
        return Optional.of(error.isEmpty() ? status : status + " " + error);
    }

    private static Optional<Status> status(String word) {
        return switch (word) {
            case "accepted", "scheduled", "queued", "sending" -> Optional.of(Status.BUFFERED);
            case "sent" -> Optional.of(Status.SENT);
            case "delivered", "read" -> Optional.of(Status.DELIVERED);
            case "undelivered", "failed", "canceled" -> Optional.of(Status.UNDELIVERED);
            default -> Optional.empty();
        };
    }
}
