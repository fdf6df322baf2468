package dev.signalbox.server.webhook;

import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.DeliveryQueue;
import dev.signalbox.delivery.queue.Reach;
import dev.signalbox.delivery.queue.Step;
import dev.signalbox.delivery.suppression.Suppression;
import dev.signalbox.delivery.suppression.Suppression.Reason;
import dev.signalbox.delivery.suppression.SuppressionList;
import dev.signalbox.delivery.webhook.WebhookEndpoint;
import dev.signalbox.delivery.webhook.WebhookListener;
import java.util.List;
import java.util.Optional;

/**
 * Has somebody told when an endpoint is disabled, by a message in the queue like any other; and suppresses URLs that are gone,
 * where there is a list for that. Thread-safe.
 */
record EndpointNotices(
        DeliveryQueue queue, Optional<Step> to, Optional<SuppressionList> suppressions, WebhookListener others)
        implements WebhookListener {

    @Override
    public void disabled(WebhookEndpoint endpoint, WebhookEndpoint.Cause cause, String reason) {
        others.disabled(endpoint, cause, reason);
        to.ifPresent(step -> tell(step, endpoint, reason));
    }

    private void tell(Step step, WebhookEndpoint endpoint, String reason) {
        String text = "The webhook endpoint " + endpoint.id() + " was disabled: " + reason
                + ". Once that is mended: signalbox" + " webhook endpoints enable " + endpoint.id()
                + ", and then replay for what it missed.";
        var _ = queue.enqueue(Reach.to(List.of(step))
                .header("subject", "The webhook endpoint " + endpoint.id() + " was disabled")
                .body(text)
                .build());
    }

    @Override
    public void gone(String url, String reason) {
        others.gone(url, reason);
        suppressions.ifPresent(list -> list.add(
                Suppression.of(Channel.WEBHOOK, url, Reason.GONE, "410").withNote(Optional.of(reason))));
    }

    @Override
    public void refused(String address, String reason) {
        others.refused(address, reason);
    }
}
