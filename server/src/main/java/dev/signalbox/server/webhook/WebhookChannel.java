package dev.signalbox.server.webhook;

import dev.signalbox.delivery.queue.Sender;
import dev.signalbox.delivery.webhook.WebhookEndpoint;
import dev.signalbox.delivery.webhook.WebhookEndpoints;
import dev.signalbox.delivery.webhook.WebhookOptions;
import dev.signalbox.delivery.webhook.WebhookSender;
import dev.signalbox.server.node.ServedChannel;

/**
 * Webhooks: an address is the id of an endpoint, or a URL where something signs for those. A message to an endpoint that is
 * disabled is taken all the same, so that it is on record and can be replayed.
 */
record WebhookChannel(Sender sender, WebhookEndpoints endpoints, WebhookOptions options) implements ServedChannel {
    @Override
    public String canonical(String address) {
        return WebhookSender.isUrl(address) ? url(address) : endpoint(address);
    }

    private String url(String address) {
        if (options.urlKey().isEmpty()) {
            throw new IllegalArgumentException(
                    "it is a URL, and nothing signs for those here: make it an endpoint, or set "
                            + WebhookKeys.URL_SECRET.path());
        }
        return options.targets().check(address).toString();
    }

    private String endpoint(String id) {
        boolean isId = WebhookEndpoint.isId(id);
        if (!isId || endpoints.recent(id).isEmpty()) {
            throw new IllegalArgumentException(
                    (isId ? "'" + id + "'" : "this") + " is not the id of a webhook endpoint;"
                            + " `signalbox webhook endpoints list` shows those there are");
        }
        return id;
    }
}
