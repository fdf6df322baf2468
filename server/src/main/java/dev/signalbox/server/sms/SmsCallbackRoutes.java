package dev.signalbox.server.sms;

import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.DeliveryReceipt;
import dev.signalbox.delivery.queue.DeliveryReceipts;
import dev.signalbox.delivery.sms.SmsCallback;
import dev.signalbox.delivery.sms.SmsCallbackException;
import dev.signalbox.delivery.sms.SmsCallbacks;
import dev.signalbox.delivery.sms.SmsEvent;
import dev.signalbox.delivery.sms.SmsKeyword;
import dev.signalbox.delivery.suppression.Suppression;
import dev.signalbox.delivery.suppression.Suppression.Reason;
import dev.signalbox.delivery.suppression.SuppressionList;
import dev.signalbox.delivery.suppression.SuppressionList.Selection;
import dev.signalbox.server.configuration.FailureText;
import dev.signalbox.server.rest.Problem;
import dev.signalbox.server.rest.Request;
import dev.signalbox.server.rest.RequestBody;
import dev.signalbox.server.rest.Response;
import dev.signalbox.server.rest.Route;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What SMS providers tell: what became of messages, and what people write. The first provider calls {@code /callbacks/sms}, each of
 * several that with its name, {@code /callbacks/sms/NAME}. Open to all; the provider's signature is the proof, and nothing is recorded
 * without it. A repeated request changes nothing. Thread-safe.
 */
final class SmsCallbackRoutes {
    private static final int LONGEST_BODY = 64 * 1024;

    private final Optional<SmsCallbacks> callbacks;
    private final Map<String, SmsCallbacks> byName;
    private final Optional<DeliveryReceipts> receipts;
    private final Optional<SuppressionList> suppressions;
    private final SmsMetrics metrics;
    private final InstantSource clock;

    SmsCallbackRoutes(
            Optional<SmsCallbacks> callbacks,
            Map<String, SmsCallbacks> byName,
            Optional<DeliveryReceipts> receipts,
            Optional<SuppressionList> suppressions,
            SmsMetrics metrics,
            InstantSource clock) {
        this.callbacks = callbacks;
        this.byName = byName;
        this.receipts = receipts;
        this.suppressions = suppressions;
        this.metrics = metrics;
        this.clock = clock;
    }

    List<Route> routes() {
        return List.of(
                Route.open("POST", "/callbacks/sms", (request, response) -> take(callbacks, request, response)),
                Route.open(
                        "POST",
                        "/callbacks/sms/{provider}",
                        (request, response) -> take(named(request), request, response)));
    }

    private Optional<SmsCallbacks> named(Request request) {
        return Optional.ofNullable(byName.get(request.parameter("provider")));
    }

    private void take(Optional<SmsCallbacks> known, Request request, Response response) throws IOException {
        SmsCallbacks provider = known.orElseThrow(() -> new Problem(
                404, "callbacks cannot be verified here; set delivery.sms.callback and delivery.sms.callback-secret"));
        byte[] body = RequestBody.bytes(request, LONGEST_BODY);
        for (SmsEvent event : read(provider, new SmsCallback(request.rawQuery(), request::header, body))) {
            switch (event) {
                case SmsEvent.Report report -> record(report);
                case SmsEvent.Text text -> heed(text);
            }
        }
        // Twilio would send the text of an answer to the person who wrote, so there is none.
        response.header("Content-Type", "text/plain").send();
    }

    private List<SmsEvent> read(SmsCallbacks provider, SmsCallback callback) {
        try {
            return provider.read(callback);
        } catch (SmsCallbackException refused) {
            metrics.refused();
            throw new Problem(403, FailureText.of(refused));
        }
    }

    private void record(SmsEvent.Report report) {
        metrics.reported();
        DeliveryReceipt.of(report.key(), report.providerId(), report.status(), report.code(), clock.instant())
                .ifPresent(receipt -> receipts.ifPresent(all -> all.record(receipt)));
    }

    private void heed(SmsEvent.Text text) {
        metrics.written();
        suppressions.ifPresent(list -> text.keyword().ifPresent(word -> heed(list, text.from(), word)));
    }

    /** START takes back what STOP said, and nothing else. */
    private static void heed(SuppressionList list, String from, SmsKeyword word) {
        switch (word) {
            case STOP -> list.add(Suppression.of(Channel.SMS, from, Reason.OPT_OUT, "a text with STOP or the like"));
            case START -> list.remove(Selection.of(Channel.SMS, from).withReason(Optional.of(Reason.OPT_OUT)));
            case HELP -> {}
        }
    }
}
